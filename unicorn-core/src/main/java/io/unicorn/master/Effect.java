package io.unicorn.master;

import java.util.Set;

import io.unicorn.ipc.Message;
import io.unicorn.launch.RolloutSettings;

/**
 * Something that the arbiter wants done.
 */
sealed interface Effect {

	/**
	 * Start a worker, then report {@link Event.Spawned} or {@link Event.SpawnFailed}.
	 *
	 * @param first whether it is the first worker of this master, which prints the banner
	 * @param exclusive whether it gets the JVM flags that open a port of their own
	 */
	record Spawn(long id, int index, int generation, boolean first, boolean exclusive) implements Effect {

	}

	/**
	 * Find out how workers of the application as it is now are launched, then report
	 * {@link Event.Prepared} or {@link Event.PreparationFailed}.
	 *
	 * @param settings what holds for that as long as the new ones are not known
	 */
	record Prepare(int generation, RolloutSettings settings) implements Effect {

	}

	/** Let a preparation have its share of the processors; it began with less. */
	record HastenPreparation(int generation) implements Effect {

	}

	/** Give up a preparation; it is reported as failed. */
	record CancelPreparation(int generation) implements Effect {

	}

	/** Something about caches of class data. */
	sealed interface OfCache extends Effect {

	}

	/**
	 * Make the cache of a generation, then report how it has ended by an
	 * {@link Event.OfCache}.
	 */
	record Train(int generation) implements OfCache {

	}

	/**
	 * Make the archive of the master's own classes, then report how that has ended by an
	 * {@link Event.OfCache}.
	 */
	record MakeArchive() implements OfCache {

	}

	/** Give up a training; it is reported as failed, unless it has just ended. */
	record CancelTraining() implements OfCache {

	}

	/**
	 * See whether a worker uses the cache that it was started with, and report
	 * {@link Event.CacheRejected} if it does not.
	 */
	record InspectCache(long id) implements OfCache {

	}

	/**
	 * Let a new master take the place of this one. Ends this program, or is followed by
	 * {@link Event.UpgradeFailed}.
	 */
	record Upgrade() implements Effect {

	}

	/** Give up what a preceding {@link Upgrade} is about to do. */
	record CancelUpgrade() implements Effect {

	}

	/** A generation will have no worker any more. */
	record Forget(int generation) implements Effect {

	}

	/** Send a message to a worker; if it cannot be sent, nothing else happens. */
	record Send(long id, Message.FromMaster message) implements Effect {

	}

	/** Answer {@link Event.Asked}; if nobody waits for it any more, nothing happens. */
	record Answer(long client, Message.FromMaster message) implements Effect {

	}

	/** Send a signal to a worker. */
	record Kill(long id, ProcessSignal signal) implements Effect {

	}

	/** Set what a worker gets of the processors. */
	record Prioritize(long id, Priority priority) implements Effect {

	}

	/**
	 * Let no new connection begin on these addresses; those that the kernel has are not
	 * touched.
	 *
	 * @param addresses the keys of the addresses
	 */
	record RefuseNew(Set<String> addresses) implements Effect {

		public RefuseNew {
			addresses = Set.copyOf(addresses);
		}

	}

	/**
	 * Let new connections begin on these addresses again.
	 *
	 * @param addresses the keys of the addresses
	 */
	record AdmitNew(Set<String> addresses) implements Effect {

		public AdmitNew {
			addresses = Set.copyOf(addresses);
		}

	}

	/** Count the connections that wait on these addresses. */
	record CountWaiting(Set<String> addresses) implements Effect {

		public CountWaiting {
			addresses = Set.copyOf(addresses);
		}

	}

	/** Close the listening sockets of the master. */
	record CloseListeners() implements Effect {

	}

	/** Load what is needed when a worker is lost, before one is. */
	record Rehearse() implements Effect {

	}

	/** Reopen the log file. */
	record ReopenLog() implements Effect {

	}

	/** Tell the operator. */
	record Tell(Level level, String text) implements Effect {

	}

	/** End the master. Always the last effect. */
	record Exit(int code) implements Effect {

	}

	/** How urgent a line of the log is. */
	enum Level {

		INFO, WARN, ERROR

	}

}
