package sample

// The invented account and city that the sample corpus belongs to.
const (
	Account = "青岚政策问答（示例）"
	Region  = "青岚市"
)

// Examples are questions to try first.
func Examples() []string {
	return []string{"老人卡在哪里办？", "居住证多久办好", "电瓶能拿回家充电吗", "低保要什么条件"}
}
