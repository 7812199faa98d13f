"""Pictures of units: one diagram, written down as text, Mermaid, DOT or SVG.

`diagram` turns a unit into boxes and lines, the compounds inside opened or closed.  Each other
module reads that and knows one notation; `graphviz` places what `svg` then draws.
"""
