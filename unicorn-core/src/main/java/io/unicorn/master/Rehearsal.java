package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.unicorn.ipc.Message;

/**
 * Loses a worker of a pool that does not exist. A JVM loads a class when it is used for
 * the first time, and the first crash would have to wait for all that is about crashes;
 * the archive of the master's classes would lack it, too.
 */
final class Rehearsal {

	private static final Instant START = Instant.EPOCH;

	private static final Instant CRASH = START.plus(Duration.ofHours(1));

	private final Arbiter arbiter;

	private final List<Effect> effects = new ArrayList<>();

	/**
	 * Create.
	 * @param spec what the pool is like
	 */
	Rehearsal(PoolSpec spec) {
		this.arbiter = new Arbiter(new ArbiterConfig(1, START, spec, false), new Random(1));
	}

	/**
	 * Go through it, on any thread.
	 * @return what would have been done
	 */
	List<Effect> perform() {
		OomKills oomKills = new OomKills();
		on(new Event.Started(), START);
		on(new Event.Received(1, new Message.Ready()), START);
		on(new Event.Received(1, new Message.Heartbeat(1, 0, 0, 0, 1, 0)), START);
		on(new Event.Exited(1, -1, ProcessSignal.KILL.number(), oomKills.sinceLast()), CRASH);
		return this.effects;
	}

	private void on(Event event, Instant now) {
		List<Effect> all = new ArrayList<>(this.arbiter.on(event, now));
		for (int i = 0; i < all.size(); i++) {
			if (all.get(i) instanceof Effect.Spawn spawn) {
				all.addAll(this.arbiter.on(new Event.Spawned(spawn.id(), (int) spawn.id()), now));
			}
		}
		this.effects.addAll(all);
	}

}
