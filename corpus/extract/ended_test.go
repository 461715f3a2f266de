package extract

import (
	"testing"

	"github.com/policybot/policybot/corpus"
)

// TestEnded tells the day on which a document holds no more from the last one
// on which it does.
func TestEnded(t *testing.T) {
	t.Parallel()
	page := func(label string) string {
		return `<html><body><table><tr><td>发文字号</td><td>云政发〔2020〕3号</td></tr><tr><td>` + label +
			`</td><td>2024年5月1日</td></tr></table><div id="zoom"><p>云溪县共享雨伞管理规定</p><p>第一条 为了方便出行，制定本规定，请各乡镇人民政府遵照执行。</p>` +
			`<p>第二条 每户可以借两把雨伞，用完归还原处。</p></div></body></html>`
	}
	for name, want := range map[string]corpus.Date{"废止日期": "2024-04-30", "失效日期": "2024-05-01", "有效期至": "2024-05-01"} {
		for file, data := range map[string]string{
			"a.html": page(name), "a.csv": "标题,正文," + name + "\n云溪县共享雨伞管理规定,每户可以借两把雨伞。,2024-05-01\n",
			"a.md": "# 云溪县共享雨伞管理规定\n\n| " + name + " | 2024年5月1日 |\n|---|---|\n| 发文字号 | 云政发〔2020〕3号 |\n\n第一条 每户可以借两把雨伞。\n",
		} {
			records, problems := Bytes(file, []byte(data), Options{})
			if len(records) != 1 || records[0].Content.Document.Expires != want {
				t.Errorf("%s in %s: %+v %v, want %s", name, file, records, problems, want)
			}
		}
	}
}
