package io.unicorn.ipc;

import java.util.List;
import java.util.Map;

/**
 * One message of the control protocol. Immutable; which side sends it is said on each.
 * Counts, sizes and durations are never negative; a constructor that is given a number
 * out of range throws an {@link IllegalArgumentException} that names it.
 *
 * @see MessageCodec
 */
public sealed interface Message {

	/**
	 * The version of the protocol that this code speaks.
	 */
	int PROTOCOL_VERSION = 1;

	/**
	 * A message that a worker sends to its master.
	 */
	sealed interface FromWorker extends Message {

	}

	/**
	 * A message that the master sends to a worker.
	 */
	sealed interface FromMaster extends Message {

	}

	/**
	 * A message that the master answers with one of its own, whoever sends it: a worker,
	 * or a command of the operator.
	 */
	sealed interface Question extends Message {

		/**
		 * Return the number that the answer repeats.
		 */
		long query();

	}

	/**
	 * First message of a worker, sent as soon as its environment is known.
	 *
	 * @param protocol the {@link #PROTOCOL_VERSION} of the worker, from 1
	 * @param configuration the settings of the pool as this worker resolved them, by
	 * property name
	 */
	record Hello(int protocol, Map<String, String> configuration) implements FromWorker {

		public Hello {
			Require.atLeast(1, "protocol", protocol);
			configuration = Map.copyOf(configuration);
		}

	}

	/**
	 * The application has started. What may still come before the worker accepts is its
	 * readiness check and its warm-up.
	 */
	record Started() implements FromWorker {

	}

	/**
	 * The worker accepts connections from now on.
	 */
	record Ready() implements FromWorker {

	}

	/**
	 * Sign of life and load, sent at a fixed interval as long as there is something new
	 * to say, and otherwise now and then.
	 *
	 * @param requests requests answered since the worker started
	 * @param inFlight requests being served now
	 * @param oldestRequestMillis age of the oldest request being served, in milliseconds,
	 * 0 if there is none
	 * @param connections open client connections
	 * @param heapUsedBytes used part of the Java heap, in bytes
	 * @param errors requests answered with a status of 500 or above since the worker
	 * started
	 */
	record Heartbeat(long requests, int inFlight, long oldestRequestMillis, int connections, long heapUsedBytes,
			long errors) implements FromWorker {

		public Heartbeat {
			Require.atLeast(0, "requests", requests);
			Require.atLeast(0, "inFlight", inFlight);
			Require.atLeast(0, "oldestRequestMillis", oldestRequestMillis);
			Require.atLeast(0, "connections", connections);
			Require.atLeast(0, "heapUsedBytes", heapUsedBytes);
			Require.atLeast(0, "errors", errors);
		}

	}

	/**
	 * The worker asks to be replaced. It goes on serving until it is told to drain.
	 *
	 * @param reason a word for statistics, such as {@code max-requests}
	 * @param detail a phrase for the log, such as {@code served 1 000 requests}
	 */
	record Retire(String reason, String detail) implements FromWorker {

	}

	/**
	 * The worker has stopped accepting and has no connection left, or its time is over;
	 * it exits next.
	 *
	 * @param connectionsLeft connections that were still open when the time was over
	 */
	record Drained(int connectionsLeft) implements FromWorker {

		public Drained {
			Require.atLeast(0, "connectionsLeft", connectionsLeft);
		}

	}

	/**
	 * Somebody asks for the state of the pool.
	 *
	 * @param query chosen by who asks, repeated in the {@link PoolReply}
	 */
	record PoolQuery(long query) implements FromWorker, Question {

	}

	/**
	 * What the application's readiness check says, sent by a worker that is on probation
	 * as long as it is.
	 *
	 * @param up whether the application is ready for requests
	 * @param detail what is wrong if it is not, as a phrase for the log
	 */
	record Health(boolean up, String detail) implements FromWorker {

	}

	/**
	 * The end of what a worker has printed, sent when it exits before it was ready.
	 *
	 * @param lines the last lines, oldest first
	 */
	record BootLog(List<String> lines) implements FromWorker {

		public BootLog {
			lines = List.copyOf(lines);
		}

	}

	/**
	 * Somebody wants a roll-out.
	 *
	 * @param query chosen by who asks, repeated in the {@link RolloutReply}
	 * @param trigger who wants it, as a phrase for the log
	 */
	record RolloutRequest(long query, String trigger) implements FromWorker, Question {

	}

	/**
	 * What the worker has found in its environment, answering {@link TellConfiguration}.
	 *
	 * @param digest the same text for the same configuration; empty if there is none that
	 * a pool could be started with
	 */
	record Configuration(String digest) implements FromWorker {

	}

	/**
	 * The worker is to say what it finds in its environment, and to wait for its
	 * {@link Welcome} then. Sent before that, if at all, to a worker that was started
	 * before anybody else knew the configuration.
	 */
	record TellConfiguration() implements FromMaster {

	}

	/**
	 * First message to a worker that tells it to go on: who it is.
	 *
	 * @param index its number among the workers alive, from 0; taken over by a later
	 * worker when it has left
	 * @param id its number among all workers ever started by this master, from 1
	 * @param generation number of the configuration and code it belongs to, from 1
	 * @param gracefulTimeoutMillis longest drain if the master disappears, in
	 * milliseconds
	 * @param probation whether the application's readiness check must pass before the
	 * worker accepts connections
	 * @param observedMillis how long after that the worker goes on to report its health,
	 * in milliseconds
	 * @param silenceMillis how long the worker may be silent when it has nothing new to
	 * say, in milliseconds; 0 from a master that wants to hear of it all the time
	 */
	record Welcome(int index, long id, int generation, long gracefulTimeoutMillis, boolean probation,
			long observedMillis, long silenceMillis) implements FromMaster {

		public Welcome {
			Require.atLeast(0, "index", index);
			Require.atLeast(1, "id", id);
			Require.atLeast(1, "generation", generation);
			Require.atLeast(0, "gracefulTimeoutMillis", gracefulTimeoutMillis);
			Require.atLeast(0, "observedMillis", observedMillis);
			Require.atLeast(0, "silenceMillis", silenceMillis);
		}

	}

	/**
	 * Stop accepting, finish what was accepted, exit.
	 *
	 * @param timeoutMillis time after which remaining connections are closed, in
	 * milliseconds
	 */
	record Drain(long timeoutMillis) implements FromMaster {

		public Drain {
			Require.atLeast(0, "timeoutMillis", timeoutMillis);
		}

	}

	/**
	 * Stop accepting, serve what was accepted, and do nothing else. Sent to a worker that
	 * is about to be killed.
	 */
	record StopAccepting() implements FromMaster {

	}

	/**
	 * The pool is about to stop: the application's readiness goes down, and everything
	 * else goes on.
	 */
	record RefuseTraffic() implements FromMaster {

	}

	/**
	 * Go on accepting, but end each connection with its next response.
	 */
	record EndConnections() implements FromMaster {

	}

	/**
	 * Exit without waiting for connections.
	 */
	record Stop() implements FromMaster {

	}

	/**
	 * Whether the worker is the leader of the pool from now on.
	 */
	record Leader(boolean leader) implements FromMaster {

	}

	/**
	 * Answer to a {@link RolloutRequest}.
	 *
	 * @param query the number from the request
	 * @param rollout number of the roll-out that was asked for, which may have to wait
	 * for another to end; 0 if there will be none, because the pool stops
	 */
	record RolloutReply(long query, long rollout) implements FromMaster {

		public RolloutReply {
			Require.atLeast(0, "rollout", rollout);
		}

	}

	/**
	 * Answer to a {@link PoolQuery}.
	 *
	 * @param query the number from the query
	 * @param pool the state of the pool
	 */
	record PoolReply(long query, PoolSnapshot pool) implements FromMaster {

	}

}
