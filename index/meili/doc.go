// Package meili is the engine on a Meilisearch server, and the only user of
// meilisearch-go. A generation is an index of the server. The server only
// recalls: see Recall.
//
// # Keys
//
// The master key is not needed. A key that reads needs one right, search. A
// key that feeds needs
//
//	indexes.get, indexes.create, indexes.delete, settings.get, settings.update,
//	documents.get, documents.add, documents.delete, tasks.get
//
// and search as well where it reads too. Both can be bound to the indexes whose
// names begin with our prefix (indexes: ["policybot-1a2b3c4d-*"]). Check names
// the rights that are missing. The right to version cannot be given to a key
// that is bound to indexes: with such a key nothing says whether the server is
// too old. One for all indexes ("*") may have it.
//
// # What an index holds
//
// One document for each entry, and one with the stamp of the generation, which
// no question and no filter finds. The terms are cut already, and joined by
// blanks; the server must not cut them again, which its settings see to.
package meili
