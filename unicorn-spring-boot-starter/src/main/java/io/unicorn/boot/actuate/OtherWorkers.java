package io.unicorn.boot.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedResponse;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;
import io.unicorn.worker.CallReply;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * Passes requests on to other workers of the pool. Thread-safe.
 */
public final class OtherWorkers {

	/** What passes bytes on. */
	interface Relay {

		/** Return the reply of one worker, or {@code null} if the master has none. */
		@Nullable CallReply call(int index, byte[] operation, Duration timeout) throws InterruptedException;

		/** Return the replies of all others, or {@code null} if the master has none. */
		@Nullable List<CallReply> callOthers(byte[] operation, Duration timeout) throws InterruptedException;

	}

	/**
	 * What the other workers have done.
	 *
	 * @param done the slots of those that have done it
	 * @param missing the slots of those that have not
	 * @param reasons why not, one for each of them
	 */
	record Result(List<Integer> done, List<Integer> missing, List<String> reasons) {

	}

	private final Relay relay;

	/** The slot of this worker. */
	private final int index;

	OtherWorkers(Relay relay, int index) {
		this.relay = relay;
		this.index = index;
	}

	/**
	 * Return the workers that this agent reaches through its master.
	 */
	public static OtherWorkers of(WorkerAgent agent) {
		return new OtherWorkers(new Relay() {

			@Override
			public @Nullable CallReply call(int index, byte[] operation, Duration timeout) throws InterruptedException {
				return agent.call(index, operation, timeout);
			}

			@Override
			public @Nullable List<CallReply> callOthers(byte[] operation, Duration timeout)
					throws InterruptedException {
				return agent.callOthers(operation, timeout);
			}

		}, agent.identity().index());
	}

	int ownIndex() {
		return this.index;
	}

	/**
	 * Let one worker answer a request, this one included.
	 * @return its response, or one with a message if there is none
	 */
	RelayedResponse ask(int worker, RelayedRequest request, Duration timeout) {
		byte[] operation = bytes(request);
		if (operation.length == 0) {
			return failed(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request is too long to be passed on");
		}
		try {
			CallReply reply = this.relay.call(worker, operation, timeout);
			return (reply != null) ? response(reply, worker, timeout)
					: failed(HttpStatus.SERVICE_UNAVAILABLE, "the master does not answer");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return failed(HttpStatus.SERVICE_UNAVAILABLE, "this worker stops");
		}
	}

	private static RelayedResponse response(CallReply reply, int worker, Duration timeout) {
		String problem = problem(reply, timeout);
		if (problem == null) {
			try {
				return RelayedResponse.of(reply.answer());
			}
			catch (IOException ex) {
				return failed(HttpStatus.BAD_GATEWAY, "worker " + worker + " is of another version");
			}
		}
		return failed(switch (reply.outcome()) {
			case UNKNOWN -> HttpStatus.NOT_FOUND;
			case SILENT -> HttpStatus.GATEWAY_TIMEOUT;
			case GONE, FAILED -> HttpStatus.BAD_GATEWAY;
			case BUSY, ANSWERED -> HttpStatus.SERVICE_UNAVAILABLE;
		}, (reply.outcome() == CallOutcome.UNKNOWN) ? "no ready worker has the index " + worker
				: "worker " + worker + " " + problem);
	}

	/** Return why a worker has not answered, or {@code null} if it has. */
	private static @Nullable String problem(CallReply reply, Duration timeout) {
		return switch (reply.outcome()) {
			case ANSWERED -> (reply.answer().length > 0) ? null : "cannot answer now";
			case UNKNOWN -> "is not ready";
			case SILENT -> "has not answered within " + timeout.toSeconds() + " s";
			case GONE -> "has ended before it answered";
			case BUSY -> "is not asked, because too many such requests are under way";
			case FAILED -> "has broken the protocol";
		};
	}

	private static RelayedResponse failed(HttpStatus status, String message) {
		return RelayedResponse.failed(status.value(), message);
	}

	/** Return the request as bytes, none if it has too many. */
	private static byte[] bytes(RelayedRequest request) {
		try {
			byte[] bytes = request.toBytes();
			return (bytes.length <= Message.Call.MAX_BYTES) ? bytes : new byte[0];
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
	}

	/**
	 * Let all other ready workers do what a request asks for.
	 * @return what they have done, or {@code null} if that is not known
	 */
	@Nullable Result tell(RelayedRequest request, Duration timeout) {
		byte[] operation = bytes(request);
		if (operation.length == 0) {
			return null;
		}
		try {
			List<CallReply> replies = this.relay.callOthers(operation, timeout);
			return (replies != null) ? result(replies, timeout) : null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	private static Result result(List<CallReply> replies, Duration timeout) {
		Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		for (CallReply reply : replies) {
			String problem = problem(reply, timeout);
			if (problem == null) {
				problem = refusal(reply);
			}
			if (problem == null) {
				result.done().add(reply.index());
			}
			else {
				result.missing().add(reply.index());
				result.reasons().add("worker " + reply.index() + " " + problem);
			}
		}
		return result;
	}

	private static @Nullable String refusal(CallReply reply) {
		try {
			int status = RelayedResponse.of(reply.answer()).status();
			return (status / 100 == 2) ? null : "has answered with status " + status;
		}
		catch (IOException ex) {
			return "is of another version";
		}
	}

}
