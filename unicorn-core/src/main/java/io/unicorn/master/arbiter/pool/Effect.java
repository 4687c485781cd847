package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.Hook;

/**
 * An action that the arbiter wants the master to perform.
 */
public sealed interface Effect {

	/**
	 * Start a worker, then report {@link Event.Spawned} or {@link Event.SpawnFailed}.
	 *
	 * @param index the slot of the worker
	 * @param exclusive whether it gets the JVM flags that open a port of their own
	 */
	record Spawn(long id, int index, int generation, boolean exclusive) implements Effect {

	}

	/**
	 * Prepare a generation: copy the application as it is now and compute its launch
	 * plan, then report {@link Event.Prepared} or {@link Event.PreparationFailed}.
	 */
	record Prepare(int generation) implements Effect {

	}

	/** Give a preparation, which starts with a low priority, the normal one. */
	record RaisePreparationPriority(int generation) implements Effect {

	}

	/** End a preparation; it is reported as failed, unless it has just ended. */
	record CancelPreparation(int generation) implements Effect {

	}

	/**
	 * Make the code of a generation again that {@link Event.CodeLost} has reported, then
	 * report {@link Event.CodeRestored} or {@link Event.CodeNotRestored}.
	 */
	record RestoreCode(int generation) implements Effect {

	}

	/** An effect that concerns class-data caches. */
	sealed interface CacheEffect extends Effect {

	}

	/**
	 * Make the class-data cache of a generation, then report the result by an
	 * {@link Event.CacheEvent}.
	 */
	record TrainCache(int generation) implements CacheEffect {

	}

	/**
	 * Make the archive of the master's own classes, then report the result by an
	 * {@link Event.CacheEvent}.
	 */
	record MakeArchive() implements CacheEffect {

	}

	/** End a training; it is reported as failed, unless it has just ended. */
	record CancelTraining() implements CacheEffect {

	}

	/**
	 * Check whether a worker uses the cache that it was started with, and report
	 * {@link Event.CacheRejected} if it does not.
	 */
	record InspectCache(long id) implements CacheEffect {

	}

	/**
	 * Replace this master by a new one. Ends this program, or is followed by
	 * {@link Event.UpgradeFailed}.
	 */
	record Upgrade() implements Effect {

	}

	/** Cancel the upgrade that an earlier {@link Upgrade} has begun. */
	record CancelUpgrade() implements Effect {

	}

	/** Release the files and listeners of a generation, which gets no further worker. */
	record ForgetGeneration(int generation) implements Effect {

	}

	/** An effect that sends a message. */
	sealed interface Delivery extends Effect {

		/** Return the message. */
		Message.FromMaster message();

		/** Return the delivery of another message to the same receiver. */
		Delivery with(Message.FromMaster message);

	}

	/** Send a message to a worker; a message that cannot be sent is dropped. */
	record Send(long id, Message.FromMaster message) implements Delivery {

		@Override
		public Send with(Message.FromMaster other) {
			return new Send(this.id, other);
		}

	}

	/** Answer an {@link Event.Query}; dropped if its connection is closed. */
	record Answer(long client, Message.FromMaster message) implements Delivery {

		@Override
		public Answer with(Message.FromMaster other) {
			return new Answer(this.client, other);
		}

	}

	/**
	 * Add to a {@link Message.PoolReply} what the kernel knows of workers and listeners,
	 * then deliver it.
	 */
	record Measure(Delivery delivery) implements Effect {

	}

	/**
	 * Let a worker write its threads, unless its JVM would end by the signal for that. A
	 * dump in a file is reported by {@link Event.DumpWritten}.
	 *
	 * @param index the slot of the worker
	 * @param directory where the file is created; empty if the worker writes to its
	 * standard output
	 */
	record DumpThreads(long id, int index, String directory) implements Effect {

	}

	/**
	 * Look for the heap dump or the error report that the JVM of a worker has written
	 * before its end, then report {@link Event.DumpWritten} if there is one.
	 *
	 * @param since when the process was started: an earlier one may have had its number
	 */
	record LookForDump(long id, int pid, Instant since, String directory) implements Effect {

	}

	/** Send a signal to a worker. */
	record Kill(long id, ProcessSignal signal) implements Effect {

	}

	/**
	 * Look whether a worker that seems to hang writes a heap dump, which stops all its
	 * threads, then report {@link Event.HeapDump}.
	 */
	record LookForHeapDump(long id) implements Effect {

	}

	/** Set the CPU limits of a worker. */
	record SetPriority(long id, Priority priority) implements Effect {

	}

	/**
	 * Block new connections on these addresses; connections that the kernel has accepted
	 * are not affected.
	 *
	 * @param addresses the keys of the addresses
	 */
	record BlockNewConnections(Set<String> addresses) implements Effect {

		public BlockNewConnections {
			addresses = Set.copyOf(addresses);
		}

	}

	/**
	 * Admit new connections on these addresses again.
	 *
	 * @param addresses the keys of the addresses
	 */
	record AdmitNewConnections(Set<String> addresses) implements Effect {

		public AdmitNewConnections {
			addresses = Set.copyOf(addresses);
		}

	}

	/** Count the backlog of these addresses, then report {@link Event.BacklogCounted}. */
	record CountBacklog(Set<String> addresses) implements Effect {

		public CountBacklog {
			addresses = Set.copyOf(addresses);
		}

	}

	/** Close the listening sockets of the master. */
	record CloseListeners() implements Effect {

	}

	/**
	 * Compare the files that workers write, and warn of those that they share.
	 *
	 * @param ids the workers
	 */
	record CompareFiles(List<Long> ids) implements Effect {

		public CompareFiles {
			ids = List.copyOf(ids);
		}

	}

	/**
	 * Run a command when those before it have ended, then report {@link Event.HookEnded}.
	 *
	 * @param command the command, for a shell
	 * @param timeout how long it may run until it is killed
	 * @param facts what it is told, by the names of variables of its environment
	 */
	record RunHook(Hook hook, String command, Duration timeout, Map<String, String> facts) implements Effect {

		public RunHook {
			facts = Map.copyOf(facts);
		}

	}

	/** Reopen the log file. */
	record ReopenLog() implements Effect {

	}

	/** Write a line to the log. */
	record Log(Level level, String text) implements Effect {

	}

	/**
	 * Execute the application in the master's process, without a pool. Always the last
	 * effect.
	 *
	 * @param obstacle why there is no pool, as a clause for the log
	 */
	record RunWithoutPool(String obstacle) implements Effect {

	}

	/** End the master. Always the last effect. */
	record Exit(int code) implements Effect {

	}

	/** How urgent a line of the log is. */
	enum Level {

		INFO, WARN, ERROR

	}

}
