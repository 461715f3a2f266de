package indextest

import (
	"fmt"
	"math/rand/v2"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// letters are few, so that random texts share terms; the later ones are rare.
var letters = []rune("的办理社保公积金补贴居住证明养老Ａb7，。 \n")

func text(r *rand.Rand, length int) string {
	out := make([]rune, length)
	for i := range out {
		// The product of two leans to the front: common and rare terms.
		out[i] = letters[r.IntN(len(letters))*(r.IntN(len(letters))+1)/len(letters)]
	}
	return string(out)
}

// Document makes the units of a document from chance: texts that share terms,
// of every class and length (0 too), with windows, accounts and samples.
func Document(r *rand.Rand, id string, revision, units int) []*index.Unit {
	days := []corpus.Date{"", "2024-01-01", "2024-06-01", "2025-01-01"}
	account := []string{"", "", "east", "west"}[r.IntN(4)]
	kind := []corpus.Kind{corpus.Policy, corpus.Policy, corpus.Guide}[r.IntN(3)]
	region, agency := []string{"", "青岚市", "东湖县"}[r.IntN(3)], []string{"青岚市人民政府", "东湖县民政局"}[r.IntN(2)]
	out := make([]*index.Unit, units)
	for i := range out {
		body := text(r, r.IntN(1<<r.IntN(8)))
		u := &index.Unit{
			Document: id, Revision: revision, Ordinal: i, Account: account, Kind: kind,
			Class: index.Class(r.IntN(int(index.Classes))), Title: "关于" + id + "的通知", Number: fmt.Sprintf("青政〔2024〕%d号", i),
			Agency: agency, Region: region, Sample: r.IntN(5) == 0,
			From: days[r.IntN(len(days))], Until: days[r.IntN(len(days))],
			Context: text(r, r.IntN(6)), Body: body, Start: r.IntN(1000),
		}
		for range r.IntN(3) {
			p := corpus.Passage{Anchor: fmt.Sprint("a", len(u.Passages)), Role: corpus.BodyRole, Label: "第一条", End: len(body)}
			for range r.IntN(3) {
				p.Path = append(p.Path, text(r, 3))
			}
			u.Passages = append(u.Passages, p)
		}
		for range r.IntN(4) {
			u.Words = append(u.Words, []string{"公积金", "居住证", "社会保险"}[r.IntN(3)])
		}
		out[i] = u
	}
	return out
}

// Query makes a query from chance; some terms are nowhere, some there twice.
func Query(r *rand.Rand) []index.Weighted {
	var out []index.Weighted
	index.Bigrams(text(r, 2+r.IntN(30)), func(t index.Term) {
		out = append(out, index.Weighted{Term: t, Weight: []float32{1, 1, .5, .1, 0}[r.IntN(5)]})
	})
	if r.IntN(2) == 0 {
		out = append(out, index.Weighted{Term: index.WordTerm("公积金"), Weight: .7})
	}
	return append(out, index.Weighted{Term: index.WordTerm("没有的词"), Weight: 1})
}

// Words makes words to survey from chance: of one form or several, some of
// which are nowhere, or empty.
func Words(r *rand.Rand) []index.Wanted {
	var out []index.Wanted
	for range r.IntN(6) {
		var w index.Wanted
		for range r.IntN(4) {
			var form []index.Term
			index.Bigrams(text(r, r.IntN(5)), func(t index.Term) { form = append(form, t) })
			w = append(w, form)
		}
		out = append(out, w)
	}
	return append(out, index.Wanted{{index.WordTerm("没有的词")}, {index.WordTerm("公积金")}})
}

// Filter makes a filter from chance.
func Filter(r *rand.Rand) index.Filter {
	return index.Filter{
		Account: []string{"", "east", "west", "north"}[r.IntN(4)],
		Day:     []corpus.Date{"", "2023-12-31", "2024-01-01", "2024-05-31", "2024-06-01", "2030-01-01"}[r.IntN(6)],
		Own:     r.IntN(2) == 0,
		Kind:    []corpus.Kind{"", "", "", corpus.Policy, corpus.Guide}[r.IntN(5)],
		Region:  []string{"", "", "", "青岚市", "东湖县"}[r.IntN(5)],
		Agency:  []string{"", "", "", "青岚市人民政府", "没有的局"}[r.IntN(5)],
	}
}

// Places names units from chance: some of those given, one of them twice, and
// some that are nowhere.
func Places(r *rand.Rand, units []*index.Unit) []index.Place {
	var out []index.Place
	for _, u := range units {
		if r.IntN(3) == 0 {
			out = append(out, index.Place{Document: u.Document, Ordinal: u.Ordinal})
		}
	}
	if len(out) > 0 {
		out = append(out, out[r.IntN(len(out))])
	}
	out = append(out, index.Place{}, index.Place{Document: "d1", Ordinal: -1}, index.Place{Document: "d1", Ordinal: 99}, index.Place{Document: "nowhere"})
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// Terms returns the terms of a query.
func Terms(query []index.Weighted) []index.Term {
	out := make([]index.Term, len(query))
	for i, t := range query {
		out[i] = t.Term
	}
	return out
}
