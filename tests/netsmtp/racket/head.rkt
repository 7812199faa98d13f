#lang racket/base
;; Puts calls of net/head to Racket: {"fn", "args"} in, {"result"} or {"error", "exn"} out.
(require net/head racket/date "json-lines.rkt")

(define functions
  (hash "empty-header" (lambda () empty-header)
        "validate-header" validate-header
        "extract-field" extract-field
        "remove-field" remove-field
        "insert-field" insert-field
        "replace-field" replace-field
        "extract-all-fields" extract-all-fields
        "append-headers" append-headers
        "standard-message-header" standard-message-header
        "data-lines->data" data-lines->data
        "extract-addresses" extract-addresses
        "assemble-address-field" assemble-address-field
        "rfc2822-date" (lambda (seconds)
                         (parameterize ([date-display-format 'rfc2822])
                           (date->string (seconds->date seconds) #t)))))

(answer-each
 (lambda (call)
   (with-handlers ([exn? (lambda (raised)
                           (hasheq 'error (exn-message raised) 'exn (kind-of raised)))])
     (hasheq 'result
             (encoded (apply (hash-ref functions (hash-ref call 'fn))
                             (map decoded (hash-ref call 'args))))))))
