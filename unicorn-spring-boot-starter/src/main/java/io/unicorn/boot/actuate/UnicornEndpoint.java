package io.unicorn.boot.actuate;

import io.unicorn.ipc.PoolSnapshot;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Actuator endpoint that shows the pool. Every worker gives the same answer, because it
 * asks the master.
 */
@Endpoint(id = "unicorn")
public final class UnicornEndpoint {

	private final PoolView pool;

	/**
	 * Create the endpoint.
	 */
	public UnicornEndpoint(PoolView pool) {
		this.pool = pool;
	}

	/**
	 * Return the state of the pool, or status 503 if the master does not answer.
	 */
	@ReadOperation
	public WebEndpointResponse<PoolSnapshot> pool() {
		PoolSnapshot snapshot = this.pool.now();
		return (snapshot != null) ? new WebEndpointResponse<>(snapshot)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
	}

}
