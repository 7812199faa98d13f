#lang racket/base
;; Puts calls of net/smtp to Racket: {"call", "port"} in, {"outcome", "events", "closed"} out.
;; A server listens on loopback at the port, whatever the call's own server is named.
(require net/smtp openssl racket/tcp "json-lines.rkt")

;; Seconds after which a call counts as hanging; the servers of the cases are silent for longer.
(define patience 1.4)

(define (run call port)
  (define options (hash-ref call 'options))
  (define (option name [default #f]) (decoded (hash-ref options name default)))
  (define (argument name) (decoded (hash-ref call name)))
  (define events '())
  (define (happened! . event) (set! events (cons event events)))
  (define opened '())

  (define (connect server _port)
    (happened! "connect" server)
    (when (equal? (option 'tcp_connect) "raise")
      (error 'my-connect "refused by test"))
    (define-values (r w) (tcp-connect "127.0.0.1" port))
    (set! opened (list r w))
    (values r w))

  (define (encode r w #:mode mode #:encrypt encrypt #:close-original? close?)
    (happened! "tls-encode" (format "~a ~a ~a" mode encrypt close?))
    (define kind (option 'tls_encode))
    (if (equal? kind "identity")
        (values r w)
        (ports->ssl-ports r w
                          #:mode mode
                          #:encrypt (cond [(equal? kind "real-auto") 'auto]
                                          [(equal? kind "real-secure") 'secure]
                                          [else encrypt])
                          #:hostname (and (equal? kind "real-secure") "mail.test")
                          #:close-original? close?)))

  (define (end-of-message)
    (happened! "end-of-message")
    (case (option 'end_of_message)
      [("sleep") (sleep 0.3)]
      [("raise") (error 'my-eom "raised by test")]
      [("break") (break-thread (current-thread)) (sleep 1)]))

  (define (send)
    (when (option 'end_of_message_param)
      (smtp-sending-end-of-message (lambda (unwanted) unwanted)))
    (define tls-encode (and (option 'tls_encode) encode))
    (define envelope (map argument '(from to header message)))
    (cond
      [(option 'star)
       (define-values (r w) (connect (argument 'server) port))
       (apply smtp-send-message* r w
              (append envelope (list (option 'auth_user) (option 'auth_passwd) tls-encode)))]
      [else
       (define keywords
         (hash '#:auth-user (option 'auth_user)
               '#:auth-passwd (option 'auth_passwd)
               '#:tcp-connect (if (equal? (option 'tcp_connect) "default") tcp-connect connect)
               '#:tls-encode tls-encode))
       (define all (if (equal? (option 'port_mode) "both") (hash-set keywords '#:port-no 9) keywords))
       (define names (sort (hash-keys all) keyword<?))
       (keyword-apply smtp-send-message names (for/list ([name names]) (hash-ref all name))
                      (argument 'server)
                      (append envelope
                              (list (hash-ref (hash-ref options 'port_value (hash)) 'num port))))]))

  (define (outcome)
    (with-handlers ([(lambda (raised) #t)
                     (lambda (raised) (format "~a: ~a" (kind-of raised) (exn-message raised)))])
      (parameterize ([smtp-sending-server (option 'sending_server "localhost")]
                     [smtp-sending-end-of-message
                      (if (option 'end_of_message) end-of-message void)])
        (send)
        "ok")))

  (define custodian (make-custodian))
  (define done (make-channel))
  (parameterize ([current-custodian custodian])
    (define worker (thread (lambda () (channel-put done (outcome)))))
    (when (option 'break_ms)
      (thread (lambda ()
                (sleep (/ (option 'break_ms) 1000))
                (happened! "break")
                (break-thread worker)))))
  (define result (or (sync/timeout patience done) "hang"))
  (define closed (if (null? opened) '(#f #f) (map port-closed? opened)))
  (custodian-shutdown-all custodian)
  (hasheq 'outcome result 'events (reverse events) 'opened (pair? opened) 'closed closed))

(answer-each (lambda (question) (run (hash-ref question 'call) (hash-ref question 'port))))
