package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.LongFunction;

import io.unicorn.boot.doctor.Doctor;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.convert.DurationStyle;

/**
 * Shows the state of the pool and changes it. Every worker returns the same, because it
 * queries the master. Like Actuator's loggers endpoint, it reads if it is exposed; it
 * writes only if its access is configured to be unrestricted.
 */
@Endpoint(id = "unicorn", defaultAccess = Access.READ_ONLY)
public final class UnicornEndpoint {

	private static final int ACCEPTED = 202;

	private static final int CONFLICT = 409;

	private static final String TRIGGER = "requested over the endpoint";

	private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final PoolView pool;

	private final Duration longestWait;

	private final Doctor doctor;

	/**
	 * Create the endpoint of this pool.
	 * @param longestWait how long a request may wait for a result
	 * @param doctor what examines the application, when it is first asked
	 */
	public UnicornEndpoint(PoolView pool, Duration longestWait, Doctor doctor) {
		this.pool = pool;
		this.longestWait = longestWait;
		this.doctor = doctor;
	}

	/**
	 * Return the state of the pool, or status 503 if the master does not answer. All
	 * workers of a generation find the same in the application, so each looks itself.
	 */
	@ReadOperation
	public WebEndpointResponse<ExaminedPool> pool() {
		PoolSnapshot snapshot = this.pool.now();
		return (snapshot != null)
				? new WebEndpointResponse<>(new ExaminedPool(snapshot, this.doctor.findings(PATIENCE))) : unavailable();
	}

	/**
	 * Return one worker, or status 404 if no process has this slot, or 503 if the master
	 * does not answer.
	 * @param index the slot of the worker
	 */
	@ReadOperation
	public WebEndpointResponse<WorkerInfo> worker(@Selector int index) {
		PoolSnapshot snapshot = this.pool.now();
		if (snapshot == null) {
			return unavailable();
		}
		return snapshot.workers()
			.stream()
			.filter((worker) -> worker.index() == index)
			.findFirst()
			.map((worker) -> new WebEndpointResponse<>(worker))
			.orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
	}

	/**
	 * Return one roll-out: status 200 if it has succeeded, 202 if it has not ended yet,
	 * 409 if it was rolled back or aborted, 404 if no roll-out has this number, 503 if
	 * the master does not answer.
	 * @param part {@code rollouts}
	 * @param id the number of the roll-out
	 */
	@ReadOperation
	public WebEndpointResponse<RolloutInfo> rollout(@Selector String part, @Selector long id) {
		PoolSnapshot snapshot = this.pool.now();
		if (snapshot == null) {
			return unavailable();
		}
		return Optional.of(snapshot)
			.filter((found) -> part.equals("rollouts"))
			.flatMap((found) -> find(found, id))
			.map((rollout) -> new WebEndpointResponse<>(rollout, status(rollout)))
			.orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
	}

	/**
	 * Change the pool. Because the operation has parameters beside the selector, Actuator
	 * accepts it with a content type of its own or {@code application/json} only, which a
	 * page of another site cannot send: its POST without a body would be accepted
	 * otherwise.
	 * @param operation {@code reload}, {@code scale}, {@code retire} or {@code dump}
	 * @param security not used: whether this user may ask is checked before
	 * @param workers the number of workers for {@code scale}
	 * @param index the slot of the worker for {@code retire} and {@code dump}
	 * @param wait how long {@code reload} waits for its result at most
	 * @return what happens now with status 202; or with the reason, status 400 if the
	 * input is wrong, or 503 if the master refuses it or does not answer
	 */
	@WriteOperation
	public WebEndpointResponse<?> change(@Selector String operation, SecurityContext security, @Nullable String workers,
			@Nullable String index, @Nullable String wait) {
		return switch (operation) {
			case "reload" -> reload(wait);
			case "scale" ->
				request("workers", workers, (number) -> (query) -> new Message.ScaleRequest(query, number, TRIGGER));
			case "retire" ->
				request("index", index, (number) -> (query) -> new Message.RetireRequest(query, number, TRIGGER));
			case "dump" ->
				request("index", index, (number) -> (query) -> new Message.DumpRequest(query, number, TRIGGER));
			default -> wrong("there is no operation '" + operation + "', only reload, scale, retire and dump");
		};
	}

	private WebEndpointResponse<?> request(String name, @Nullable String value,
			IntFunction<LongFunction<Message.Request>> request) {
		int number;
		try {
			number = Integer.parseInt(String.valueOf(value));
		}
		catch (NumberFormatException ex) {
			return wrong((value != null) ? name + " must be a number, not '" + value + "'"
					: "the number '" + name + "' is missing");
		}
		Message.RequestReply reply = this.pool.request(request.apply(number));
		if (reply == null) {
			return new WebEndpointResponse<>(Map.of("reason", "the master does not answer"),
					WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
		return switch (reply.result()) {
			case DONE -> new WebEndpointResponse<>(Map.of("message", reply.text()), ACCEPTED);
			case WRONG -> wrong(reply.text());
			case REFUSED -> new WebEndpointResponse<>(Map.of("reason", reply.text()),
					WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		};
	}

	private static WebEndpointResponse<?> wrong(String reason) {
		return new WebEndpointResponse<>(Map.of("reason", reason), WebEndpointResponse.STATUS_BAD_REQUEST);
	}

	private static <T> WebEndpointResponse<T> unavailable() {
		return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
	}

	private WebEndpointResponse<?> reload(@Nullable String wait) {
		Duration time;
		try {
			time = (wait != null) ? DurationStyle.detectAndParse(wait) : Duration.ZERO;
		}
		catch (IllegalArgumentException ex) {
			return wrong("wait must be a time like 10s, not '" + wait + "'");
		}
		Long id = this.pool.rollOut();
		if (id == null || id == 0) {
			return new WebEndpointResponse<>(Map.of("reason", (id != null)
					? "the pool stops, or no endpoint of the application may write" : "the master does not answer"),
					WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
		RolloutInfo rollout = await(id, (time.compareTo(this.longestWait) < 0) ? time : this.longestWait);
		return (rollout != null) ? new WebEndpointResponse<>(rollout, status(rollout))
				: new WebEndpointResponse<>(Map.of("id", id), ACCEPTED);
	}

	/**
	 * Wait for the end of a roll-out, or until this worker has to leave: the roll-out
	 * waits for the end of its requests.
	 * @return the roll-out, or {@code null} if it has not ended
	 */
	private @Nullable RolloutInfo await(long id, Duration time) {
		long end = System.nanoTime() + time.toNanos();
		while (System.nanoTime() - end < 0) {
			PoolSnapshot snapshot = this.pool.now();
			if (snapshot == null || !this.pool.isReady(snapshot)) {
				return null;
			}
			RolloutInfo rollout = find(snapshot, id).filter((found) -> found.endedAt() != null).orElse(null);
			if (rollout != null) {
				return rollout;
			}
			try {
				TimeUnit.NANOSECONDS.sleep(Math.min(POLL_INTERVAL.toNanos(), end - System.nanoTime()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return null;
			}
		}
		return null;
	}

	private static Optional<RolloutInfo> find(PoolSnapshot snapshot, long id) {
		return snapshot.rollouts().stream().filter((rollout) -> rollout.id() == id).findFirst();
	}

	private static int status(RolloutInfo rollout) {
		if (rollout.endedAt() == null) {
			return ACCEPTED;
		}
		return rollout.state().equals("succeeded") ? WebEndpointResponse.STATUS_OK : CONFLICT;
	}

}
