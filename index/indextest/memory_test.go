package indextest_test

import (
	"testing"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	bad := index.NewEntry(&index.Unit{Document: "bad", Body: "老人卡"}, indextest.Spaces{})
	indextest.Outside(t, func(*testing.T) indextest.Opener {
		server := indextest.NewServer()
		server.Refuse(func(e index.Entry) string {
			if e.Document == "bad" {
				return "it is bad"
			}
			return ""
		})
		return func(installation string) index.Outside { return server.Open("memory", installation) }
	}, bad)
}
