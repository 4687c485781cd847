package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.util.AttributeKey;

/**
 * Ends a connection of HTTP/2 in two steps, because the client may have begun further
 * streams before it reads the first: a GOAWAY that takes all streams, and a moment later
 * one that takes no more. The connection ends with its last stream.
 */
final class GoAway {

	/** How long streams are served that a client begins after the first GOAWAY. */
	private static final Duration LAST_STREAMS = Duration.ofSeconds(1);

	private static final AttributeKey<Boolean> SENT = AttributeKey.valueOf(GoAway.class, "SENT");

	private GoAway() {
	}

	/**
	 * End a connection, unless it is none of HTTP/2. Called on any thread, also twice.
	 */
	static void send(Channel connection) {
		connection.eventLoop().execute(() -> {
			if (connection.isActive() && connection.pipeline().get(Http2FrameCodec.class) != null
					&& connection.attr(SENT).setIfAbsent(true) == null) {
				first(connection);
			}
		});
	}

	private static void first(Channel connection) {
		Http2GoAwayFrame all = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
		all.setExtraStreamIds(Integer.MAX_VALUE);
		var unusedWrite = connection.writeAndFlush(all);
		var unusedTimer = connection.eventLoop()
			.schedule(() -> second(connection), LAST_STREAMS.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static void second(Channel connection) {
		var unusedWrite = connection.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
		// Waits for the streams that are open.
		var unusedClose = connection.close();
	}

}
