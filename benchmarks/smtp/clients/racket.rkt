#lang racket/base
;; Sends the lines of a file so many times, and prints the seconds it took.
(require net/smtp racket/file racket/vector)

(define arguments (current-command-line-arguments))
(define port (string->number (vector-ref arguments 0)))
(define count (string->number (vector-ref arguments 1)))
(define lines (file->lines (vector-ref arguments 2)))
(define header (vector-ref arguments 3))
(define recipients (vector->list (vector-drop arguments 4)))

(define begun (current-inexact-milliseconds))
(for ([_ (in-range count)])
  (smtp-send-message "127.0.0.1" "sender@example.com" recipients header lines #:port-no port))
(displayln (/ (- (current-inexact-milliseconds) begun) 1000))
