// Runs Python beside the page, so that an example without an end does not hold the page up.
// Everything comes from the server that the page comes from.

const root = new URL("../playground/", import.meta.url);
const here = new URL(".", import.meta.url);

async function start() {
  const manifest = await answered(new URL("manifest.json", root), "json");
  const [{ loadPyodide }, viz] = await Promise.all([
    import(new URL("pyodide.mjs", root)),
    import(new URL("viz.js", root)).then((graphviz) => graphviz.instance()),
  ]);
  const python = await loadPyodide({ indexURL: root.href });
  for (const wheel of manifest.wheels) {
    python.unpackArchive(await answered(new URL(wheel, root), "arrayBuffer"), "wheel");
  }
  const text = await answered(new URL("playground.py", here), "text");
  python.FS.writeFile("/home/pyodide/playground.py", text);
  const { run } = python.pyimport("playground");
  const layout = (graph) => viz.renderString(graph, { format: "json0", engine: "dot" });
  return (blocks) => {
    const told = run(python.toPy(blocks), layout);
    try {
      return told.toJs({ dict_converter: Object.fromEntries });
    } finally {
      told.destroy();
    }
  };
}

async function answered(url, kind) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
  return answer[kind]();
}

const started = start();
started.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ failed: String(error) }),
);
onmessage = async ({ data }) => {
  try {
    postMessage({ told: (await started)(data) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
