package bot

import (
	_ "embed"
	"regexp"
	"sync"
)

//go:embed cues/upset.txt
var upsetFile string

// upsetCues are how people write whom it has been made hard.
var upsetCues = sync.OnceValue(func() []string { return cueWords(upsetFile) })

// wentOften is how they say how often they have gone for nothing.
var wentOften = regexp.MustCompile(`跑了[两三四五六七八几]?(?:好几)?趟`)

// upset reports whether a message is angry, or at its wits' end.
func upset(text string) bool { return containsAny(text, upsetCues()) || wentOften.MatchString(text) }

// sayUpset stands before what answers such a message: one short sentence, and
// the matter itself.
const sayUpset = "听得出您着急，咱们先把事情弄清楚。\n\n"
