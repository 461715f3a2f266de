package corpus

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/policybot/policybot/corpus/numeral"
)

// Cited is an article that a text names: 第十二条之一第二款第（三）项.
type Cited struct {
	Article    string // its anchor: a12-1
	Label      string // as it is cited: 第十二条之一
	Paragraph  int    // 款; 0 is none
	Item       int    // 项; 0 is none
	Start, End int    // bytes of the text
}

var citedShape = regexp.MustCompile(`第\s*([0-9０-９一二三四五六七八九十百千零〇]{1,9})\s*条(?:\s*之([0-9一二三四五六七八九十]{1,3}))?` +
	`(?:\s*第\s*([0-9０-９一二三四五六七八九十]{1,3})\s*款)?(?:\s*第?\s*[（(]?([0-9０-９一二三四五六七八九十]{1,3})[）)]?\s*项)?`)

// CitedIn returns the first article that a text names, in Chinese or Arabic
// digits. ok is false where it names none.
func CitedIn(text string) (c Cited, ok bool) {
	m := citedShape.FindStringSubmatchIndex(text)
	if m == nil {
		return Cited{}, false
	}
	part := func(group int) int {
		if m[2*group] < 0 {
			return 0
		}
		n, _, _ := numeral.Prefix(text[m[2*group]:m[2*group+1]])
		return n
	}
	n, sub := part(1), part(2)
	if n == 0 {
		return Cited{}, false
	}
	c = Cited{Article: "a" + strconv.Itoa(n), Paragraph: part(3), Item: part(4), Start: m[0], End: m[1]}
	if sub > 0 {
		c.Article += "-" + strconv.Itoa(sub)
	}
	c.Label = articleName(c.Article)
	return c, true
}

// Anchors lists the anchors of places that the citation may mean, the likeliest
// first: the 款 or 项 of its article. It is empty where it names the article
// alone.
func (c Cited) Anchors() []string {
	paragraph, item := strconv.Itoa(c.Paragraph), strconv.Itoa(c.Item)
	switch {
	case c.Paragraph > 0 && c.Item > 0:
		return []string{c.Article + "." + paragraph + "." + item}
	case c.Paragraph > 0:
		return []string{c.Article + "." + paragraph}
	case c.Item > 0:
		var all []string
		for p := range 9 { // the first 款 that has such a 项
			all = append(all, c.Article+"."+strconv.Itoa(p+1)+"."+item)
		}
		return all
	}
	return nil
}

// titleFiller stands before a title in a question.
var titleFiller = regexp.MustCompile(`^(?:(?:19|20)[0-9]{2}年?版?的?|请问一?下?|问一?下|想问一?下|想了解一?下?|我想知道|想知道|知道|查一?下|查询|看看?|根据|按照|依据|依照|违反了?|关于|现在的?|现行的?|最新的?|新的?|旧的?|原来的?|以前的?|老的?|那个|这个|我|的|在|对|,|，|：|:|\s)+`)

var titleTail = regexp.MustCompile(`(?:里面?的?|中的?|的|上的?|[0-9]{4}年?(?:修正|修订|版)?本?的?|[,，、:：\s（）()]|现在的?|这个|最新|现行|旧版|老版|新版|原来|以前)+$`)

// NameIn returns the name of a document that stands at the end of a text, in
// the form of TitleKey: 请问《行政复议法》的 gives 行政复议法. It is "" where
// nothing is left.
func NameIn(text string) string {
	if i := strings.LastIndex(text, "《"); i >= 0 {
		if name, _, ok := strings.Cut(text[i+len("《"):], "》"); ok && strings.TrimSpace(name) != "" {
			return TitleKey(name)
		}
	}
	if i := strings.LastIndexFunc(text, func(r rune) bool { return strings.ContainsRune("。？?！!；;\n", r) }); i >= 0 {
		text = strings.TrimLeftFunc(text[i:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	for {
		cut := titleTail.ReplaceAllString(titleFiller.ReplaceAllString(strings.TrimSpace(text), ""), "")
		if cut == text {
			break
		}
		text = cut
	}
	if text == "" {
		return ""
	}
	return TitleKey(text)
}

// Named is a document by its title, in the form of TitleKey.
type Named struct{ ID, Key string }

// ClosestNamed keeps those of all whose titles a name means best: the whole
// title; the title without the place or agency that it begins with; the title
// behind words that are none of it; a title that goes on behind the name; the
// end of a title. place is where the one who asks is: 青岚市.
func ClosestNamed(name, place string, all []Named) []Named {
	const none = 9
	class := func(n Named) int {
		before, ends := strings.CutSuffix(n.Key, name)
		residue, held := strings.CutSuffix(name, n.Key)
		short := len([]rune(name)) < 4
		switch {
		case n.Key == name:
			return 0
		case !short && ends && before == place:
			return 1
		case !short && ends && placeOrAgency.MatchString(before):
			return 2
		case held && len([]rune(n.Key)) > 2 && notOfTitle.MatchString(residue):
			return 3
		case ends && len([]rune(name)) >= 6:
			return 5
		case strings.HasPrefix(n.Key, name) && goesOnAs.MatchString(n.Key[len(name):]):
			return 4
		}
		return none
	}
	best := none
	var out []Named
	for _, n := range all {
		c := class(n)
		if c < best {
			best, out = c, nil
		}
		if c == best && c != none {
			out = append(out, n)
		}
	}
	return out
}

var (
	placeOrAgency = regexp.MustCompile(`(?:省|市|县|区|州|盟|旗|院|部|委|局|署|会|府|办|厅|中心|关于|实施)$`)
	notOfTitle    = regexp.MustCompile(`(?:的|在|据|照|反|了|看|说|问|查|下|按|把|对|和|与|国家|我国|我省|我市|本省|本市)$`)
	goesOnAs      = regexp.MustCompile(`^(?:\(|第.{1,4}编|.{1,3}编)`)
)
