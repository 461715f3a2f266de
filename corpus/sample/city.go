package sample

// The invented account and city that the sample corpus belongs to.
const (
	Account = "青岚政策问答（示例）"
	Region  = "青岚市"
)

// Examples are questions to try first.
func Examples() []string {
	return []string{"老人卡在哪里办？", "租房能提公积金吗", "电瓶车不上牌罚多少", "外地户口孩子怎么上小学"}
}
