package citizen

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

const feedSize = 30

type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title         string    `xml:"title"`
	Link          string    `xml:"link"`
	Description   string    `xml:"description"`
	Language      string    `xml:"language"`
	LastBuildDate string    `xml:"lastBuildDate,omitempty"`
	Self          atomLink  `xml:"atom:link"`
	Items         []rssItem `xml:"item"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	Description string   `xml:"description"`
	Categories  []string `xml:"category"`
	GUID        rssGUID  `xml:"guid"`
	PubDate     string   `xml:"pubDate,omitempty"`
}

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

// Feed serves the newest documents as RSS 2.0, all or those of ?topic=. An
// unknown topic is corpus.ErrNotFound.
func (s *Site) Feed(w http.ResponseWriter, r *http.Request) error {
	feed := rss{Version: "2.0", Atom: "http://www.w3.org/2005/Atom"}
	c := &feed.Channel
	c.Title, c.Link, c.Language = s.Name+" · 新公开的文件", s.BaseURL+"/documents", "zh-CN"
	self := s.BaseURL + "/feed.xml"
	var documents []corpus.Document
	var err error
	if name := r.URL.Query().Get("topic"); name != "" {
		t, known, _, err2 := s.findTopic(r.Context(), name)
		if err2 != nil {
			return err2
		}
		if !known {
			return corpus.ErrNotFound
		}
		c.Title, c.Link = s.Name+" · "+t.Name, s.BaseURL+topicPath(t.Name)
		self += "?" + url.Values{"topic": {t.Name}}.Encode()
		documents, err = s.Documents.Select(r.Context(), s.Account, corpus.Selection{Topic: t.Name}, 0, feedSize)
	} else {
		documents, err = s.Documents.List(r.Context(), s.Account, 0, feedSize)
	}
	if err != nil {
		return err
	}
	c.Description = c.Title
	c.Self = atomLink{self, "self", "application/rss+xml"}
	for _, d := range documents {
		if d.VisibleTo(s.Account) {
			c.Items = append(c.Items, s.feedItem(d.SeenBy(s.Account)))
		}
	}
	if len(c.Items) > 0 {
		c.LastBuildDate = c.Items[0].PubDate
	}
	return sendXML(w, r, "application/rss+xml; charset=utf-8", feed)
}

func (s *Site) feedItem(d corpus.Document) rssItem {
	i := rssItem{
		Title: d.Title, Link: s.BaseURL + path(d.ID, ""), Categories: d.Groups(),
		// The same wherever the site moves, and after every edit.
		GUID: rssGUID{false, "policybot:document:" + d.ID},
	}
	parts := facts(d, true)
	if sign := signOn(d, s.today()); sign.Word != "" {
		parts = append([]string{sign.Word}, parts...)
	}
	i.Description = strings.Join(parts, "，")
	if d.Sample {
		i.Title = "【示例】" + i.Title
		i.Description = "示例文件，内容为虚构。" + i.Description
	}
	if day, err := time.ParseInLocation(time.DateOnly, string(d.ListedOn()), corpus.Zone); err == nil {
		i.PubDate = day.Format(time.RFC1123Z)
	}
	return i
}

// sendXML writes a document of XML as send writes a page.
func sendXML(w http.ResponseWriter, r *http.Request, mediaType string, doc any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(doc); err != nil {
		return err
	}
	b.WriteByte('\n')
	w.Header().Set("Content-Type", mediaType)
	send(w, r, b.Bytes())
	return nil
}
