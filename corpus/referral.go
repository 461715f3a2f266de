package corpus

// ReferralText is what a referral says where its author wrote nothing: that no
// policy answers the question, and which agency knows.
func ReferralText(agency string) string {
	return "这件事没有找到公开的规定，请问" + agency + "。"
}

// Referral reports whether a document is a question that no policy answers: it
// says whom to ask, and is never quoted as an answer.
func (d Document) Referral() bool { return d.Kind == FAQ && d.Refer != "" }
