package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * A server of this process that can be warmed up. Called by one thread.
 */
public interface OwnServer extends AutoCloseable {

	/** The header of each request that holds {@link #token()}. */
	String TOKEN_HEADER = "Unicorn-Warm-Up";

	/**
	 * Return why this server cannot be warmed up, as a phrase for the log, or
	 * {@code null} if it can.
	 */
	@Nullable String obstacle();

	/**
	 * Whether this server speaks HTTP/2 beside HTTP/1.1.
	 */
	boolean speaksHttp2();

	/**
	 * Return the value of the header {@value #TOKEN_HEADER} without which this server
	 * refuses requests that come before it accepts clients.
	 */
	String token();

	/**
	 * End the connections to the former address and open another one, on the loopback
	 * interface, at which this very server can be reached.
	 * @return scheme, host and port
	 * @throws IOException if it does not take connections of this process any more
	 */
	URI open() throws IOException;

	/**
	 * End the connections to the last address, at which nothing listens any more.
	 */
	@Override
	void close();

}
