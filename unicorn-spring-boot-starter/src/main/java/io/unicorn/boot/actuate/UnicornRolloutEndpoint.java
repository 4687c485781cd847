package io.unicorn.boot.actuate;

import java.util.List;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Actuator endpoint that begins roll-outs and tells how they came out. Like the one that
 * shuts an application down, it has to be allowed as well as exposed.
 */
@Endpoint(id = "unicornrollout", defaultAccess = Access.NONE)
public final class UnicornRolloutEndpoint {

	private static final int ACCEPTED = 202;

	private static final int CONFLICT = 409;

	private final PoolView pool;

	/**
	 * Create the endpoint.
	 */
	public UnicornRolloutEndpoint(PoolView pool) {
		this.pool = pool;
	}

	/**
	 * Ask for a roll-out of the application as it is now.
	 * @return its number, with status 202, or status 503 if there will be none
	 */
	@WriteOperation
	public WebEndpointResponse<Map<String, Long>> rollOut() {
		Long id = this.pool.rollOut("asked for over the endpoint");
		return (id != null && id > 0) ? new WebEndpointResponse<>(Map.of("id", id), ACCEPTED)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
	}

	/**
	 * Return the latest roll-outs, newest first, or status 503 if the master does not
	 * answer.
	 */
	@ReadOperation
	public WebEndpointResponse<List<RolloutInfo>> rollouts() {
		PoolSnapshot snapshot = this.pool.now();
		return (snapshot != null) ? new WebEndpointResponse<>(snapshot.rollouts())
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
	}

	/**
	 * Return one roll-out: status 200 if it has succeeded, 202 if it has not ended yet,
	 * 409 if it was rolled back or aborted, 404 if there is none with this number.
	 */
	@ReadOperation
	public WebEndpointResponse<RolloutInfo> rollout(@Selector long id) {
		PoolSnapshot snapshot = this.pool.now();
		if (snapshot == null) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
		return snapshot.rollouts()
			.stream()
			.filter((rollout) -> rollout.id() == id)
			.findFirst()
			.map((rollout) -> new WebEndpointResponse<>(rollout, status(rollout)))
			.orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
	}

	private static int status(RolloutInfo rollout) {
		if (rollout.endedAt() == null) {
			return ACCEPTED;
		}
		return rollout.state().equals("succeeded") ? WebEndpointResponse.STATUS_OK : CONFLICT;
	}

}
