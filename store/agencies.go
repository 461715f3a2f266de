package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// Agencies returns the agencies that an account may see, shared or its own,
// ordered by region, then name. Its own entry hides the shared one of the same
// ID.
func (s *Store) Agencies(ctx context.Context, account string) ([]corpus.Agency, error) {
	return s.agencies(ctx, `SELECT entry FROM agencies a WHERE account = $1 OR account = '' AND NOT EXISTS
		(SELECT 1 FROM agencies own WHERE own.account = $1 AND own.id = a.id) ORDER BY region, name, id`, account)
}

// AllAgencies returns those of every account, for the directory in memory.
func (s *Store) AllAgencies(ctx context.Context) ([]corpus.Agency, error) {
	return s.agencies(ctx, `SELECT entry FROM agencies ORDER BY region, name, id, account`)
}

func (s *Store) agencies(ctx context.Context, query string, args ...any) (list []corpus.Agency, err error) {
	err = s.view(ctx, "listing agencies", func(tx *sql.Tx) error {
		entries, err := texts(tx.QueryContext(ctx, query, args...))
		if err != nil {
			return err
		}
		list, err = readAgencies(entries)
		return err
	})
	return list, err
}

func readAgencies(entries []string) ([]corpus.Agency, error) {
	list := make([]corpus.Agency, len(entries))
	for i, e := range entries {
		if err := json.Unmarshal([]byte(e), &list[i]); err != nil {
			return nil, fmt.Errorf("agency: %w", err)
		}
	}
	return list, nil
}

// PutAgencies merges agencies into the directory, all or none of them: see
// corpus.MergeAgencies, whose faults it returns. today bounds the dates.
func (s *Store) PutAgencies(ctx context.Context, put []corpus.Agency, replace bool, today corpus.Date) (change corpus.AgencyChange, faults []corpus.AgencyFault, err error) {
	err = s.change(ctx, "storing agencies", func(tx *sql.Tx) error {
		entries, err := texts(tx.QueryContext(ctx, `SELECT entry FROM agencies WHERE sample = 0 ORDER BY region, name, id`))
		if err != nil {
			return err
		}
		have, err := readAgencies(entries)
		if err != nil {
			return err
		}
		var merged []corpus.Agency
		merged, change, faults = corpus.MergeAgencies(have, put, replace, today)
		if len(faults) > 0 || change.Added+change.Changed+change.Removed == 0 {
			return nil
		}
		return s.replaceAgencies(ctx, tx, have, merged)
	})
	return change, faults, err
}

// replaceAgencies writes what differs between two states of one's own entries.
func (s *Store) replaceAgencies(ctx context.Context, tx *sql.Tx, have, want []corpus.Agency) error {
	type key struct{ account, id string }
	old := make(map[key]corpus.Agency, len(have))
	for _, a := range have {
		old[key{a.Account, a.ID}] = a
	}
	for _, a := range want {
		k := key{a.Account, a.ID}
		was, ok := old[k]
		delete(old, k)
		if ok && corpus.SameAgency(was, a) {
			continue
		}
		if err := s.putAgency(ctx, tx, a); err != nil {
			return err
		}
	}
	for k := range old {
		if _, err := tx.ExecContext(ctx, `DELETE FROM agencies WHERE account = $1 AND id = $2`, k.account, k.id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putAgency(ctx context.Context, tx *sql.Tx, a corpus.Agency) error {
	entry, err := json.Marshal(a)
	if err != nil {
		return err
	}
	sample := 0
	if a.Sample {
		sample = 1
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO agencies (account, id, region, name, sample, changed, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, id) DO UPDATE SET region = excluded.region,
		name = excluded.name, sample = excluded.sample, changed = excluded.changed, entry = excluded.entry`,
		a.Account, a.ID, a.Region, a.Name, sample, s.now().UnixMilli(), string(entry))
	return err
}

// RemoveAgencies takes entries of an account out of the directory by ID, all
// or none of them, and returns the IDs that it does not have. Those of the
// sample stay.
func (s *Store) RemoveAgencies(ctx context.Context, account string, ids []string) (missing []string, err error) {
	err = s.change(ctx, "removing agencies", func(tx *sql.Tx) error {
		for _, id := range unique(ids) {
			n := 0
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM agencies WHERE account = $1 AND id = $2 AND sample = 0`, account, id).Scan(&n)
			if err != nil {
				return err
			}
			if n == 0 {
				missing = append(missing, id)
			}
		}
		if len(missing) > 0 {
			return nil
		}
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `DELETE FROM agencies WHERE account = $1 AND id = $2`, account, id); err != nil {
				return err
			}
		}
		return nil
	})
	return missing, err
}

// SetSampleAgencies makes these the directory's invented agencies, in place of
// those that were there; none takes them out. An ID that one's own entry has
// is left alone. It reports whether anything changed.
func (s *Store) SetSampleAgencies(ctx context.Context, sample []corpus.Agency) (changed bool, err error) {
	same, err := s.sameSample(ctx, sample)
	if err != nil || same {
		return false, err
	}
	err = s.change(ctx, "the sample's agencies", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM agencies WHERE sample = 1`); err != nil {
			return err
		}
		taken, err := texts(tx.QueryContext(ctx, `SELECT id FROM agencies WHERE account = ''`))
		if err != nil {
			return err
		}
		own := make(map[string]bool, len(taken))
		for _, id := range taken {
			own[id] = true
		}
		for _, a := range sample {
			if own[a.ID] {
				continue
			}
			if err := s.putAgency(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	return err == nil, err
}

// sameSample reports whether the sample's agencies are these already, as they
// mostly are: then nothing needs to be written.
func (s *Store) sameSample(ctx context.Context, sample []corpus.Agency) (bool, error) {
	list, err := s.agencies(ctx, `SELECT entry FROM agencies WHERE sample = 1`)
	if err != nil {
		return false, err
	}
	stored, own := map[string]corpus.Agency{}, map[string]bool{}
	for _, a := range list {
		stored[a.ID] = a
	}
	err = s.view(ctx, "listing agencies", func(tx *sql.Tx) error {
		ids, err := texts(tx.QueryContext(ctx, `SELECT id FROM agencies WHERE account = '' AND sample = 0`))
		for _, id := range ids {
			own[id] = true
		}
		return err
	})
	if err != nil {
		return false, err
	}
	wanted := 0
	for _, a := range sample {
		if own[a.ID] {
			continue
		}
		wanted++
		if was, ok := stored[a.ID]; !ok || !corpus.SameAgency(was, a) {
			return false, nil
		}
	}
	return wanted == len(stored), nil
}

// AgenciesOfDocuments counts the published documents that an account may see
// by the agency that they name; invented ones are left out unless sample is
// set.
func (s *Store) AgenciesOfDocuments(ctx context.Context, account string, sample bool) (map[string]int, error) {
	counts := map[string]int{}
	const page = 500
	for skip := 0; ; skip += page {
		list, err := s.List(ctx, account, skip, page)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if d.Agency != "" && (sample || !d.Sample) {
				counts[d.Agency]++
			}
		}
		if len(list) < page {
			return counts, nil
		}
	}
}
