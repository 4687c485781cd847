package io.unicorn.boot.scheduling;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;

/**
 * The tasks of this worker that run in the leader alone. When this worker has become the
 * leader, they begin where those of the leader before have ended; when it resigns, it
 * waits for them, and leaves to the next leader when each is due. Thread-safe.
 */
public final class LeaderTasks implements LeadershipListener {

	private static final String KEY = "unicorn.task.";

	/** Left for a task that does not run again. */
	private static final String NEVER = "never";

	private final Clock clock;

	private final Map<String, LeaderTask> tasks = new LinkedHashMap<>();

	private final Map<String, Integer> names = new HashMap<>();

	private @Nullable LeadershipGrantedEvent leadership;

	/**
	 * Create without tasks.
	 * @param clock the clock of the schedulers
	 */
	public LeaderTasks(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Add a task. It runs now if this worker is the leader.
	 */
	synchronized void add(LeaderTask task) {
		this.tasks.values().removeIf(LeaderTask::isCancelled);
		String name = TaskName.of(task) + " " + task.timing();
		String key = TaskName.key(KEY, name + " " + this.names.merge(name, 1, Integer::sum));
		this.tasks.put(key, task);
		if (this.leadership != null) {
			grant(key, task, this.leadership, this.clock.instant());
		}
	}

	private void grant(String key, LeaderTask task, LeadershipGrantedEvent event, Instant now) {
		String left = event.handOver().get(key);
		task.grant((left != null) ? due(left) : task.timing().begin(event.isFirst(), now), now);
	}

	private static @Nullable Instant due(String left) {
		try {
			return left.equals(NEVER) ? null : Instant.parse(left);
		}
		catch (DateTimeException ex) {
			throw new IllegalStateException("The leader before has left '" + left + "' as the time of a task", ex);
		}
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof LeadershipGrantedEvent granted) {
			begin(granted);
		}
		else if (event instanceof LeadershipRevokedEvent revoked) {
			end(revoked);
		}
	}

	private synchronized void begin(LeadershipGrantedEvent event) {
		this.leadership = event;
		Instant now = this.clock.instant();
		this.tasks.forEach((key, task) -> grant(key, task, event, now));
	}

	private void end(LeadershipRevokedEvent event) {
		Map<String, LeaderTask> ending;
		synchronized (this) {
			this.leadership = null;
			this.tasks.values().removeIf(LeaderTask::isCancelled);
			ending = Map.copyOf(this.tasks);
		}
		ending.values().forEach(LeaderTask::revoke);
		try {
			for (Map.Entry<String, LeaderTask> task : List.copyOf(ending.entrySet())) {
				Instant due = task.getValue().awaitEnd();
				event.handOver(task.getKey(), (due != null) ? due.toString() : NEVER);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
