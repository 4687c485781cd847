package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.unicorn.boot.server.OpenConnections;
import reactor.netty.channel.ChannelOperations;

/**
 * Closes the connections of a leaving worker whose clients send no further request, as
 * Tomcat does by its keep-alive timeout; Reactor Netty has none unless it is set.
 */
final class IdleConnections {

	/** How long a client has, from the beginning of the drain, to send a request. */
	private static final Duration LAST_REQUEST = Duration.ofSeconds(15);

	private IdleConnections() {
	}

	static void closeLater(OpenConnections<Channel> connections) {
		var unused = GlobalEventExecutor.INSTANCE.schedule(() -> connections.forEach(IdleConnections::closeIfIdle),
				LAST_REQUEST.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** One of HTTP/2 has had its GOAWAY; one that serves a request ends with that. */
	private static void closeIfIdle(Channel connection) {
		if (connection.isRegistered()) {
			connection.eventLoop().execute(() -> {
				if (connection.pipeline().get(Http2FrameCodec.class) == null
						&& ChannelOperations.get(connection) == null) {
					var unused = connection.close();
				}
			});
		}
	}

}
