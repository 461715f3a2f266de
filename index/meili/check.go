package meili

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/meilisearch/meilisearch-go"
)

// oldest is the first version that is used: those before it have a hole that
// lets a server be made to ask others.
var oldest = [3]int{1, 43, 1}

// Check implements index.Outside. The version is unknown where the key may not
// ask for it: one that only searches, or is bound to indexes.
func (e *Engine) Check(ctx context.Context) (string, error) {
	var health string
	err := safely(func() error {
		said, err := e.feeds.HealthWithContext(ctx)
		if err == nil {
			health = said.Status
		}
		return err
	})
	if err := e.failed(ctx, "asking the server whether it is well", err); err != nil {
		return "", err
	}
	if health != "available" {
		return "", fmt.Errorf("meili: the server says that it is %q", e.plain(health))
	}
	if err := e.checkRights(ctx, e.reading, searchRights(e)); err != nil || !e.feeding {
		return "", err
	}
	if err := e.checkRights(ctx, feedingKey, feedRights(e)); err != nil {
		return "", err
	}
	var version string
	err = safely(func() error {
		said, err := e.feeds.VersionWithContext(ctx)
		if err == nil {
			version = said.PkgVersion
		}
		return err
	})
	if err := e.failed(ctx, "asking for the version", err); err != nil {
		if codeOf(err) == wrongKey { // one that is bound to indexes: see the package's comment
			err = nil
		}
		return "", err
	}
	version = e.plain(version)
	return version, recent(version)
}

// recent tells a version that is too old.
func recent(found string) error {
	var have [3]int
	parts := strings.SplitN(found, ".", 3)
	for i, p := range parts {
		n, err := strconv.Atoi(p[:len(p)-len(strings.TrimLeft(p, "0123456789"))])
		if err != nil || len(parts) != 3 {
			return fmt.Errorf("meili: the server's version %q cannot be read: %d.%d.%d or later is needed", found, oldest[0], oldest[1], oldest[2])
		}
		have[i] = n
	}
	for i := range have {
		if have[i] != oldest[i] {
			if have[i] > oldest[i] {
				return nil
			}
			return fmt.Errorf("meili: the server is Meilisearch %s: %d.%d.%d or later is needed", found, oldest[0], oldest[1], oldest[2])
		}
	}
	return nil
}

// right is what a key may do, and a request that shows it and changes nothing:
// it is about an index that is not there, or is not a proper one.
type right struct {
	name string
	try  func(context.Context) error
}

func searchRights(e *Engine) []right {
	return []right{{"search", func(ctx context.Context) error {
		_, err := e.searches.service().MultiSearchWithContext(ctx, &meilisearch.MultiSearchRequest{
			Queries: []*meilisearch.SearchRequest{{IndexUID: e.prefix + "none", Query: "a "}},
		})
		return err
	}}}
}

func feedRights(e *Engine) []right {
	x, improper := e.feeds.Index(e.prefix+"none"), e.prefix+"%3F" // a ?
	return []right{
		{"indexes.get", func(ctx context.Context) error { _, err := x.FetchInfoWithContext(ctx); return err }},
		{"indexes.create", func(ctx context.Context) error {
			_, err := e.feeds.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: e.prefix + "?"})
			return err
		}},
		{"indexes.delete", func(ctx context.Context) error { _, err := e.feeds.DeleteIndexWithContext(ctx, improper); return err }},
		{"settings.get", func(ctx context.Context) error { _, err := x.GetPrefixSearchWithContext(ctx); return err }},
		{"settings.update", func(ctx context.Context) error {
			_, err := x.UpdatePrefixSearchWithContext(ctx, "improper")
			return err
		}},
		{"documents.get", func(ctx context.Context) error {
			return x.GetDocumentWithContext(ctx, stampPlace, nil, new(stampRecord))
		}},
		{"documents.add", func(ctx context.Context) error {
			_, err := x.AddDocumentsWithContext(ctx, []byte("improper"), nil)
			return err
		}},
		{"documents.delete", func(ctx context.Context) error {
			_, err := x.DeleteDocumentsByFilterWithContext(ctx, 1, nil)
			return err
		}},
		{"tasks.get", func(ctx context.Context) error {
			_, err := e.feeds.TaskReader().GetTasksWithContext(ctx, &meilisearch.TasksQuery{Limit: 1})
			return err
		}},
	}
}

// checkRights names the rights that a key lacks. Meilisearch says the same of
// a key that it does not know: that one has none at all.
func (e *Engine) checkRights(ctx context.Context, key string, rights []right) error {
	var missing []string
	for _, r := range rights {
		err := e.failed(ctx, "trying "+r.name, safely(func() error { return r.try(ctx) }))
		var f *failure
		switch {
		case err == nil:
		case !errors.As(err, &f) || f.cause != nil || f.passing():
			return err
		case f.code == noKey:
			return fmt.Errorf("meili: the server wants a key: set %s", key)
		case f.code == wrongKey:
			missing = append(missing, r.name)
		case f.code == "":
			return err
		}
	}
	switch {
	case len(missing) == 0:
		return nil
	case len(missing) == len(rights):
		return fmt.Errorf("meili: the server refuses the key in %s: it is not one of its keys, has expired, or lacks the right to %s of indexes named %s*", key, strings.Join(missing, ", "), e.prefix)
	}
	return fmt.Errorf("meili: the key in %s lacks the right to %s of indexes named %s*", key, strings.Join(missing, ", "), e.prefix)
}
