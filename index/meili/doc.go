// Package meili is the engine on a Meilisearch server, and the only user of
// meilisearch-go. A generation is an index of the server. The server only
// recalls: see Recall.
package meili
