// The server that test/bench/senders.ts holds senders against. It does no work, logs when each request came and how long it
// was held, and can stall: POST /stall?after=2s&for=1s holds every request of that second until its end.
//
//	/reset  forget the log and the stall      /log  "unix_ns held_ns" per request, oldest first
package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

type entry struct{ at, held int64 }

var (
	mutex      sync.Mutex
	log        = make([]entry, 0, 1<<21)
	stallFrom  time.Time
	stallUntil time.Time
)

func main() {
	http.HandleFunc("/reset", func(http.ResponseWriter, *http.Request) {
		mutex.Lock()
		log, stallFrom, stallUntil = log[:0], time.Time{}, time.Time{}
		mutex.Unlock()
	})
	http.HandleFunc("/stall", func(w http.ResponseWriter, r *http.Request) {
		after, _ := time.ParseDuration(r.URL.Query().Get("after"))
		lasts, _ := time.ParseDuration(r.URL.Query().Get("for"))
		mutex.Lock()
		stallFrom = time.Now().Add(after)
		stallUntil = stallFrom.Add(lasts)
		mutex.Unlock()
	})
	http.HandleFunc("/log", func(w http.ResponseWriter, _ *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		out := bufio.NewWriter(w)
		for _, each := range log {
			fmt.Fprintln(out, each.at, each.held)
		}
		out.Flush()
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		began := time.Now()
		mutex.Lock()
		from, until := stallFrom, stallUntil
		mutex.Unlock()
		if began.After(from) && began.Before(until) {
			time.Sleep(time.Until(until))
		}
		w.Header().Set("Content-Length", "0")
		mutex.Lock()
		log = append(log, entry{began.UnixNano(), int64(time.Since(began))})
		mutex.Unlock()
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
