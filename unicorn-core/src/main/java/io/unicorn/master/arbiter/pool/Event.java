package io.unicorn.master.arbiter.pool;

import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.Hook;

/**
 * Something that has happened, as the master reports it to the arbiter.
 */
public sealed interface Event {

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
	 * @param outOfMemoryKill whether the kernel's OOM killer has killed a process of this
	 * pool since the last exit
	 */
	record Exited(long id, int code, int signal, boolean outOfMemoryKill) implements Event {

	}

	/** A worker has sent a message. */
	record Received(long id, Message.FromWorker message) implements Event {

	}

	/**
	 * A command of the operator has sent a question.
	 *
	 * @param client the number of its connection
	 */
	record Query(long client, Message.Question question) implements Event {

	}

	/**
	 * The control connection of a worker is closed or broken.
	 *
	 * @param cause why; empty if it was just closed
	 */
	record ChannelLost(long id, String cause) implements Event {

	}

	/**
	 * A worker has broken the protocol or its limits, and its control connection was
	 * closed.
	 *
	 * @param how what it did, for the log
	 */
	record Misbehaved(long id, String how) implements Event {

	}

	/**
	 * A worker has not read its replies in time, and reads again.
	 *
	 * @param count how many replies were dropped
	 */
	record RepliesDropped(long id, long count) implements Event {

	}

	/** A new generation is prepared, and its workers can be started. */
	record Prepared(int generation, PoolSpec spec) implements Event {

	}

	/**
	 * A new generation was not prepared.
	 *
	 * @param cause why
	 * @param log the last lines that were printed
	 */
	record PreparationFailed(int generation, String cause, List<String> log) implements Event {

	}

	/**
	 * The code of a generation is not where its workers run it from, so none can be
	 * started.
	 *
	 * @param worker the id of the worker that was to be started, 0 for none
	 */
	record CodeLost(int generation, long worker) implements Event {

	}

	/** The code of a generation is there again. */
	record CodeRestored(int generation) implements Event {

	}

	/**
	 * The code of a generation could not be made again.
	 *
	 * @param found what identifies the code that is in its place by now; empty if there
	 * is none
	 * @param cause why
	 */
	record CodeNotRestored(int generation, String found, String cause) implements Event {

	}

	/**
	 * The workers of a generation are launched in another way from now on: with another
	 * JDK.
	 */
	record GenerationChanged(int generation, PoolSpec spec) implements Event {

	}

	/** This master has replaced another. */
	record Resumed() implements Event {

	}

	/**
	 * The upgrade has failed; this master stays.
	 *
	 * @param cause why
	 */
	record UpgradeFailed(String cause) implements Event {

	}

	/** An event that concerns one class-data cache. */
	sealed interface CacheEvent extends Event {

		/** Return the key that identifies the cache. */
		String key();

	}

	/** The list of the master's classes is written, so their archive can be made. */
	record ArchiveWanted(String key) implements CacheEvent {

	}

	/** The training process of the cache has started. */
	record TrainingStarted(String key) implements CacheEvent {

	}

	/**
	 * The cache was made; workers that are started from now on use it.
	 *
	 * @param sizeBytes the size of its file
	 */
	record Trained(String key, long sizeBytes) implements CacheEvent {

	}

	/** The cache existed already. */
	record CacheFound(String key) implements CacheEvent {

	}

	/** Another process on this machine is training a cache, so this training waits. */
	record TrainingPostponed(String key) implements CacheEvent {

	}

	/** The file of the cache was deleted. */
	record CacheLost(String key) implements CacheEvent {

	}

	/**
	 * The cache was not made.
	 *
	 * @param cause why
	 * @param log the last lines that were printed
	 */
	record TrainingFailed(String key, String cause, List<String> log) implements CacheEvent {

	}

	/**
	 * The cache is damaged, or the JVM does not use it; it is removed.
	 *
	 * @param cause which of the two
	 */
	record CacheRejected(String key, String cause) implements CacheEvent {

	}

	/** The application's jar file has changed and is stable again. */
	record JarChanged() implements Event {

	}

	/**
	 * The backlog was counted; the answer to {@link Effect.CountBacklog}.
	 *
	 * @param connections connections that wait to be accepted
	 * @param handshakes connections whose handshake is not complete
	 * @param blocked whether new connections are blocked
	 */
	record BacklogCounted(int connections, int handshakes, boolean blocked) implements Event {

	}

	/**
	 * The answer to {@link Effect.LookForHeapDump}.
	 *
	 * @param file the heap dump that the worker writes; empty if it writes none
	 * @param sizeBytes its size now
	 */
	record HeapDump(long id, String file, long sizeBytes) implements Event {

	}

	/**
	 * A worker, which may have exited since, has written a dump.
	 *
	 * @param file the absolute path of the dump
	 */
	record DumpWritten(long id, String file) implements Event {

	}

	/**
	 * The command of a hook has ended, was killed, or was not run at all; each
	 * {@link Effect.RunHook} is followed by one.
	 */
	record HookEnded(Hook hook) implements Event {

	}

	/** The master has received a signal. */
	record Signalled(ProcessSignal signal) implements Event {

	}

	/** The next deadline of the arbiter has come. */
	record Tick() implements Event {

	}

}
