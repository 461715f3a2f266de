package citizen

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// sitemapPart is the number of addresses in one part. The protocol allows
// 50,000; fewer are lighter to make and to fetch.
const sitemapPart = 10_000

const sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"

type sitemapIndex struct {
	XMLName xml.Name     `xml:"sitemapindex"`
	Space   string       `xml:"xmlns,attr"`
	Parts   []sitemapURL `xml:"sitemap"`
}

type sitemapSet struct {
	XMLName xml.Name     `xml:"urlset"`
	Space   string       `xml:"xmlns,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string      `xml:"loc"`
	LastMod corpus.Date `xml:"lastmod,omitempty"`
}

const sitemapType = "application/xml; charset=utf-8"

// Sitemap lists what search engines should find, and its parts where it is
// too much for one.
func (s *Site) Sitemap(w http.ResponseWriter, r *http.Request) error {
	n, err := s.countAddresses(r)
	if err != nil {
		return err
	}
	if n <= sitemapPart {
		return s.sitemapPart(w, r, 1)
	}
	index := sitemapIndex{Space: sitemapSpace}
	for part := 1; (part-1)*sitemapPart < n; part++ {
		index.Parts = append(index.Parts, sitemapURL{Loc: fmt.Sprintf("%s/sitemap/%d.xml", s.BaseURL, part)})
	}
	return sendXML(w, r, sitemapType, index)
}

func (s *Site) countAddresses(r *http.Request) (int, error) {
	if s.Addresses == nil {
		return 0, nil
	}
	return s.Addresses.CountAddresses(r.Context(), s.Account)
}

// SitemapPart lists one part: /sitemap/1.xml. corpus.ErrNotFound where there
// is none of that number.
func (s *Site) SitemapPart(w http.ResponseWriter, r *http.Request) error {
	number, ok := strings.CutSuffix(r.PathValue("part"), ".xml")
	part, err := strconv.Atoi(number)
	if !ok || err != nil || part < 1 || strconv.Itoa(part) != number {
		return corpus.ErrNotFound
	}
	n, err := s.countAddresses(r)
	if err != nil {
		return err
	}
	if part > 1 && part > (n+sitemapPart-1)/sitemapPart {
		return corpus.ErrNotFound
	}
	return s.sitemapPart(w, r, part)
}

func (s *Site) sitemapPart(w http.ResponseWriter, r *http.Request, part int) error {
	set := sitemapSet{Space: sitemapSpace}
	add := func(p string, changed corpus.Date) { set.URLs = append(set.URLs, sitemapURL{s.BaseURL + p, changed}) }
	if part == 1 {
		for _, p := range []string{"/", "/documents", "/topics", "/agencies", "/privacy"} {
			add(p, "")
		}
		topics, err := s.Documents.Topics(r.Context(), s.Account)
		if err != nil {
			return err
		}
		for _, t := range topics[:min(len(topics), sitemapPart)] {
			add(topicPath(t.Name), "")
		}
		agencies, err := s.agencies(r.Context())
		if err != nil {
			return err
		}
		for _, a := range agencies[:min(len(agencies), sitemapPart)] {
			if !a.Sample {
				add(agencyPath(a.ID), "")
			}
		}
	}
	if s.Addresses != nil {
		list, err := s.Addresses.Addresses(r.Context(), s.Account, (part-1)*sitemapPart, sitemapPart)
		if err != nil {
			return err
		}
		for _, a := range list {
			add(path(a.Document, ""), a.Changed)
		}
	}
	return sendXML(w, r, sitemapType, set)
}

// Robots tells search engines what to leave alone: what is made for one
// person, and the same pages in another print. It speaks for the sites below
// this one, too, for a host's root alone is asked for it.
func (s *Site) Robots(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "User-agent: *\nDisallow: /*?print=\nDisallow: /*&print=\n"
	sitemaps := "Sitemap: " + s.BaseURL + "/sitemap.xml\n"
	for _, root := range append([]string{s.Root}, s.Below...) {
		text += "Disallow: " + root + "/search\nDisallow: " + root + "/chat\n"
	}
	for _, root := range s.Below {
		sitemaps += "Sitemap: " + s.BaseURL + root + "/sitemap.xml\n"
	}
	send(w, r, []byte(text+sitemaps))
	return nil
}
