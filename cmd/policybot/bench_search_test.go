package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// BenchmarkSearch measures the search page in process, from request to HTML,
// every address another: words of titles, whole questions, both with filters,
// orders and pages, and lists without words.
func BenchmarkSearch(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			a := benchApp(b, size)
			h := &host{app: a}
			if _, err := h.web(); err != nil {
				b.Fatal(err)
			}
			handler := h.sites
			weight := catalogueMB(b, a)
			kinds := searches(b, a)
			times, largest := map[string][]time.Duration{}, 0
			ask := func(kind string, n int) {
				q := kinds[kind](n)
				r := httptest.NewRequest(http.MethodGet, "/search?"+q.Encode(), nil)
				w := httptest.NewRecorder()
				start := time.Now()
				handler.ServeHTTP(w, r)
				times[kind] = append(times[kind], time.Since(start))
				if w.Code != http.StatusOK {
					b.Fatalf("%s: status %d", q.Encode(), w.Code)
				}
				largest = max(largest, w.Body.Len())
			}
			for kind := range kinds {
				for n := range 50 {
					ask(kind, n)
				}
			}
			clear(times)
			for n := 50; b.Loop(); n++ {
				for kind := range kinds {
					ask(kind, n)
				}
			}
			for kind, took := range times {
				reportTimes(b, kind, took)
			}
			b.ReportMetric(float64(largest)/1000, "largest-kB")
			b.ReportMetric(weight, "catalogue-MB")
		})
	}
}

// searches returns makers of addresses, by kind.
func searches(b *testing.B, a *app) map[string]func(n int) url.Values {
	b.Helper()
	seg := a.lexicons.serving().segmenter
	documents, err := a.store.List(b.Context(), defaultAccount, 0, 1<<20)
	if err != nil || len(documents) == 0 {
		b.Fatal(len(documents), err)
	}
	questions := benchQuestions(b, answerable)
	chance := func(n int) *rand.Rand { return rand.New(rand.NewPCG(uint64(n), 3)) }
	some := func(r *rand.Rand) string {
		all := []string{"规定"}
		for range 3 {
			all = append(all, seg.Words(documents[r.IntN(len(documents))].Title)...)
		}
		var out []string
		for range 1 + r.IntN(3) {
			out = append(out, all[r.IntN(len(all))])
		}
		return strings.Join(out, " ")
	}
	filtered := func(r *rand.Rand, q url.Values) url.Values {
		d := documents[r.IntN(len(documents))]
		set := map[string]string{
			"kind": string(d.Kind), "agency": d.Agency, "validity": string(corpus.InForce),
			"sort": "date", "page": fmt.Sprint(1 + r.IntN(5)),
		}
		if d.Published != "" {
			set["year"] = string(d.Published[:4])
		}
		for name, v := range set {
			if v != "" && r.IntN(3) == 0 {
				q.Set(name, v)
			}
		}
		return q
	}
	return map[string]func(n int) url.Values{
		"words":     func(n int) url.Values { return url.Values{"q": {some(chance(n))}} },
		"questions": func(n int) url.Values { return url.Values{"q": {questions[n%len(questions)]}} },
		"filtered": func(n int) url.Values {
			r := chance(n)
			if r.IntN(2) == 0 {
				return filtered(r, url.Values{"q": {questions[n%len(questions)]}})
			}
			return filtered(r, url.Values{"q": {some(r)}})
		},
		"lists": func(n int) url.Values { return filtered(chance(n), url.Values{}) },
	}
}

// catalogueMB returns what the catalogue takes of memory.
func catalogueMB(b *testing.B, a *app) float64 {
	b.Helper()
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	shelf := index.NewShelf("local", a.engine, a.store, a.log)
	if err := shelf.Sync(b.Context()); err != nil {
		b.Fatal(err)
	}
	c := shelf.Catalogue()
	weight := (heap() - before) / 1e6
	b.Logf("%d documents", c.Len())
	return weight
}
