package console

import (
	"bytes"
	"encoding/csv"
	"net/http"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var templatePages = []Route{
	{Method: Get, Path: "/uploads/template/{sheet}", Who: Only(desk.Editor, desk.Reviewer, desk.Auditor), Do: (*Site).sheet},
}

// sheets are tables to fill in: headings that the reader of sheets knows, and
// a line that shows what goes where.
var sheets = map[string]struct {
	name string
	rows [][]string
}{
	"faq": {"问答模板.csv", [][]string{
		{"问题", "答案", "其他问法", "主题", "发文机关"},
		{"敬老卡丢了怎么补办？", "带身份证到街道便民服务中心补办，当场办好，不收费。", "老人卡丢了怎么办；敬老卡补办", "养老", "青岚市民政局"},
	}},
	"guide": {"指南模板.csv", [][]string{
		{"事项名称", "受理条件", "申请材料", "办理流程", "办理时限", "收费标准", "办理地点", "办公时间", "咨询电话", "网上办理", "发文机关"},
		{"敬老卡申领", "本市户籍，年满65周岁", "身份证原件；一寸照片一张", "到窗口申请，核对身份，领卡", "5个工作日", "不收费", "青岚市各街道便民服务中心", "工作日9:00—17:00", "0599-0000000", "", "青岚市民政局"},
	}},
}

// sheet hands out a table to fill in. Excel needs the mark at its beginning to
// read Chinese.
func (s *Site) sheet(v *Visit) error {
	t, ok := sheets[v.R.PathValue("sheet")]
	if !ok {
		return corpus.ErrNotFound
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.WriteAll(t.rows); err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", disposition(t.name))
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(b.Bytes()) // who asked has gone: nothing to be done
	return nil
}
