// Package failover puts questions to engines outside of this process for as
// long as they answer in time, and says when they do not, so that the embedded
// index answers in the same request.
//
// A question has 300 ms for all engines together. One that has just failed is
// not tried again; another one is, with what is left. An engine that fails
// repeatedly rests: no question is put to it, and Run asks it something
// harmless until it is well. Where several are well, questions stay with one,
// whose caches know them, until it fails.
package failover
