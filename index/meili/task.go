package meili

import (
	"context"
	"fmt"
	"time"

	"github.com/meilisearch/meilisearch-go"
)

// taskFailure is a task that the server took and could not do.
type taskFailure struct {
	code, message string
	faulty        bool // because of what was asked, so that asking again does not help
}

func (t *taskFailure) Error() string {
	return fmt.Sprintf("the server could not do it: %s (%s)", t.message, t.code)
}

// enqueue asks for a task, with patience.
func (e *Engine) enqueue(ctx context.Context, doing string, ask func() (*meilisearch.TaskInfo, error)) (int64, error) {
	var id int64
	err := e.again(ctx, doing, func() error {
		info, err := ask()
		if err != nil {
			return err
		}
		if info.Status == "" { // else any JSON would be task 0, which is long done
			return errNotMeilisearch
		}
		id = info.TaskUID
		return nil
	})
	if codeOf(err) == queueFull {
		err = fmt.Errorf("%w: the disk or the server's queue of tasks is full: make room, or remove finished tasks", err)
	}
	return id, err
}

// Intervals of asking for a task. A small one is done in some 20 ms.
const (
	firstLook = 5 * time.Millisecond
	lastLook  = 250 * time.Millisecond
)

// wait returns when a task is done, with an error where it failed: that the
// server answers says nothing.
func (e *Engine) wait(ctx context.Context, doing string, id int64) error {
	for pause := firstLook; ; pause = min(pause*3/2, lastLook) {
		var task *meilisearch.Task
		err := e.again(ctx, doing, func() (err error) {
			task, err = e.feeds.TaskReader().GetTaskWithContext(ctx, id)
			return err
		})
		if err == nil && task.UID != id {
			err = fmt.Errorf("meili: %s: %w", doing, errNotMeilisearch)
		}
		if err != nil {
			return err
		}
		switch task.Status {
		case meilisearch.TaskStatusSucceeded:
			return nil
		case meilisearch.TaskStatusEnqueued, meilisearch.TaskStatusProcessing:
		case meilisearch.TaskStatusFailed:
			f := &taskFailure{
				code: e.plain(task.Error.Code), message: e.plain(task.Error.Message),
				faulty: task.Error.Type == requestFaulty,
			}
			return fmt.Errorf("meili: %s: %w", doing, f)
		default:
			return fmt.Errorf("meili: %s: the task was %s", doing, e.plain(string(task.Status)))
		}
		if err := sleep(ctx, pause); err != nil {
			return fmt.Errorf("meili: %s: %w", doing, err)
		}
	}
}

// do asks for a task and waits for it.
func (e *Engine) do(ctx context.Context, doing string, ask func() (*meilisearch.TaskInfo, error)) error {
	id, err := e.enqueue(ctx, doing, ask)
	if err != nil {
		return err
	}
	return e.wait(ctx, doing, id)
}
