package io.unicorn.boot.actuate;

import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;

/**
 * A client's request, whichever kind of application has got it. Read only while that
 * request is handled.
 */
interface ClientRequest {

	/** Return the method of HTTP. */
	String method();

	/**
	 * Return the path as the endpoints are mapped, decoded; empty if it cannot be that of
	 * an endpoint.
	 */
	String path();

	/** Return what comes before that path, encoded. */
	String prefix();

	/** Return the query, encoded; empty if there is none. */
	String query();

	/** Return where the client has sent it, and from where. */
	RelayedRequest.Origin origin();

	/** Return all headers. */
	List<Header> headers();

}
