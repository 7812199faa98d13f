#lang racket/base
;; Runs programs, each the text of a module: a JSON string a line in, what it printed a line out.
;; Where a program fails, the message is the last that it prints; of a mistake in the text of the
;; program only the first line, for the rest is that text.
(require json syntax/modread)

;; Each is a module of its own name. They share a namespace, so that `racket` is loaded once.
(define (printed text number)
  (define name (string->symbol (format "program-~a" number)))
  (define out (open-output-string))
  (parameterize ([current-output-port out]
                 [error-print-source-location #f])
    (with-handlers ([exn:fail? (lambda (raised) (displayln (message raised) out))])
      (parameterize ([current-module-declare-name (make-resolved-module-path name)])
        (eval (read-module text)))
      (dynamic-require `',name #f)))
  (get-output-string out))

(define (read-module text)
  (define in (open-input-string text))
  (port-count-lines! in)
  (define read
    (with-module-reading-parameterization (lambda () (read-syntax 'program in))))
  (check-module-form read 'program #f))

(define (message raised)
  (define text (exn-message raised))
  (if (exn:fail:syntax? raised) (car (regexp-match #rx"^[^\n]*" text)) text))

(parameterize ([current-namespace (make-base-empty-namespace)])
  (for ([line (in-lines)] [number (in-naturals)])
    (write-json (printed (string->jsexpr line) number) #:encode 'all)
    (newline)
    (flush-output)))
