// Package failover puts questions to engines outside of this process for as
// long as they answer in time, and says when they do not, so that the embedded
// index answers in the same request.
package failover
