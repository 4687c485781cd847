package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.Socket;

import org.jspecify.annotations.Nullable;

/**
 * A server of this process, as its warm-up sees it. Called by one thread.
 */
public interface OwnServer {

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
	 * Whether what is sent to this server is encrypted.
	 */
	boolean isEncrypted();

	/**
	 * Connect to this very server, which need not accept from anybody else yet. What is
	 * sent is encrypted if the server expects that.
	 * @param http2 whether HTTP/2 is to be spoken, which {@link #speaksHttp2()}
	 * @return the client's end of the connection
	 * @throws IOException if there is no connection to be had
	 */
	Socket connect(boolean http2) throws IOException;

}
