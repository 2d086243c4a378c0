// Package e2e holds the tests of the whole: fleets of the real binary, started as
// processes of their own, on a real Postgres with an application beside them.
//
// What the fleet did is judged from outside, by SQL: a trigger of the tests keeps a
// ledger of every row that anyone deletes, with the state that it was deleted in.
package e2e
