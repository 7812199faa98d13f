#lang racket/base
;; Answers one JSON text a line by another; bytes, symbols and void have a notation of their own.
(require json)
(provide answer-each decoded encoded kind-of)

;; Calls `answer` with each line of the input, decoded, and writes what it returns as a line.
(define (answer-each answer)
  (for ([line (in-lines)])
    (write-json (answer (string->jsexpr line)) #:encode 'all)
    (newline)
    (flush-output)))

(define (decoded value)
  (cond
    [(eq? value (json-null)) #f]
    [(list? value) (map decoded value)]
    [(not (hash? value)) value]
    [(hash-ref value 'bytes #f) => string->bytes/latin-1]
    [(hash-ref value 'sym #f) => string->symbol]
    [(hash-ref value 'repeat #f)
     => (lambda (line+count)
          (for/list ([_ (in-range (cadr line+count))]) (decoded (car line+count))))]
    [else value]))

(define (encoded value)
  (cond
    [(not value) (json-null)]
    [(void? value) (hasheq 'void #t)]
    [(bytes? value) (hasheq 'bytes (bytes->string/latin-1 value))]
    [(symbol? value) (hasheq 'sym (symbol->string value))]
    [(list? value) (map encoded value)]
    [(pair? value) (hasheq 'pair (list (encoded (car value)) (encoded (cdr value))))]
    [else value]))

;; The name of the nearest exception type that a case can have.
(define (kind-of exception)
  (cond
    [(exn:break? exception) "exn:break"]
    [(exn:fail:contract? exception) "exn:fail:contract"]
    [(exn:fail:network? exception) "exn:fail:network"]
    [(exn:fail? exception) "exn:fail"]
    [else "raised"]))
