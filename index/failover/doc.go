// Package failover puts questions to engines outside of this process for as
// long as they answer in time, and says when they do not, so that the embedded
// index answers in the same request.
//
// A question has 300 ms for all engines together. One that has just failed is
// not tried again; another one is, with what is left. An engine that fails
// repeatedly rests: no question is put to it, and Run asks it something
// harmless until it is well. Where several are well, questions stay with one,
// whose caches know them, until it fails.
//
// Overload is no illness. An engine has only as many questions at a time as it
// answers in time; the others are for the next engine or the embedded index at
// once. It is not said anywhere but in the figures.
package failover
