package io.unicorn.master;

import java.util.List;

import io.unicorn.ipc.Message;

/**
 * Something that has happened, as the arbiter is told of it.
 */
sealed interface Event {

	/** The master has started. */
	record Started() implements Event {

	}

	/** A worker process was created. */
	record Spawned(long id, int pid) implements Event {

	}

	/** A worker process could not be created. */
	record SpawnFailed(long id, String cause) implements Event {

	}

	/**
	 * A worker process has ended and was reaped.
	 *
	 * @param code its exit code, or -1
	 * @param signal the signal that ended it, or 0
	 * @param outOfMemoryKill whether the kernel is known to have killed a process of ours
	 * for want of memory since the last exit
	 */
	record Exited(long id, int code, int signal, boolean outOfMemoryKill) implements Event {

	}

	/** A worker has sent a message. */
	record Received(long id, Message.FromWorker message) implements Event {

	}

	/**
	 * A command of the operator asks something.
	 *
	 * @param client the number of its connection
	 */
	record Asked(long client, Message.Question question) implements Event {

	}

	/** Nothing more can be heard of a worker. */
	record ChannelLost(long id, String cause) implements Event {

	}

	/** It is known how workers of a new generation are launched. */
	record Prepared(int generation, PoolSpec spec) implements Event {

	}

	/**
	 * It cannot be found out how workers of a new generation are launched.
	 *
	 * @param cause why
	 * @param log the last lines that were printed
	 */
	record PreparationFailed(int generation, String cause, List<String> log) implements Event {

	}

	/** This master has taken the place of another. */
	record Resumed() implements Event {

	}

	/**
	 * The master cannot be replaced and goes on.
	 *
	 * @param cause why
	 */
	record UpgradeFailed(String cause) implements Event {

	}

	/** Something about the cache of class data that has this key. */
	sealed interface OfCache extends Event {

		String key();

	}

	/** The master has written down what an archive of its classes is made of. */
	record ArchiveWanted(String key) implements OfCache {

	}

	/** A process has begun to make the cache. */
	record TrainingBegun(String key) implements OfCache {

	}

	/**
	 * The cache was made, and workers that are started from now on use it.
	 *
	 * @param sizeBytes the size of its file
	 */
	record Trained(String key, long sizeBytes) implements OfCache {

	}

	/** The cache was there already. */
	record CacheFound(String key) implements OfCache {

	}

	/** Another process on this machine makes a cache. */
	record TrainingPostponed(String key) implements OfCache {

	}

	/**
	 * The cache was not made.
	 *
	 * @param cause why
	 * @param log the last lines that were printed
	 */
	record TrainingFailed(String key, String cause, List<String> log) implements OfCache {

	}

	/**
	 * The cache is damaged, or the JVM does not use it; it is removed.
	 *
	 * @param cause which of both
	 */
	record CacheRejected(String key, String cause) implements OfCache {

	}

	/** The application's jar file has changed, and has been left alone since. */
	record JarChanged() implements Event {

	}

	/**
	 * So many connections wait to be accepted; the answer to {@link Effect.CountWaiting}.
	 *
	 * @param waiting the number of connections in all queues
	 * @param handshakes the number of those whose handshake is not over
	 * @param refusing whether no new ones can begin
	 */
	record Waiting(int waiting, int handshakes, boolean refusing) implements Event {

	}

	/** Somebody sent a signal to the master. */
	record Signalled(ProcessSignal signal) implements Event {

	}

	/** Time has passed. */
	record Tick() implements Event {

	}

}
