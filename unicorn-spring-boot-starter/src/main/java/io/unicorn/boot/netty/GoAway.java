package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2PingFrame;

/**
 * Ends a connection of HTTP/2 in two steps. The first GOAWAY takes all streams, because
 * the client may begin more before it reads that. The second one takes no more; it is
 * sent when the client has answered a PING, and so has read the first, but not within the
 * first second. The connection ends with its last stream.
 */
final class GoAway extends ChannelInboundHandlerAdapter {

	/** How long streams are served at least that a client begins after the GOAWAY. */
	private static final Duration LAST_STREAMS = Duration.ofSeconds(1);

	/** Tells the answer from that to other pings. */
	private static final long PING = 0x756e69636f726e31L;

	private boolean read;

	private boolean overdue;

	private GoAway() {
	}

	/**
	 * End a connection, unless it is none of HTTP/2. Called on any thread, also twice.
	 */
	static void send(Channel connection) {
		connection.eventLoop().execute(() -> {
			if (connection.isActive() && connection.pipeline().get(Http2FrameCodec.class) != null
					&& connection.pipeline().get(GoAway.class) == null) {
				connection.pipeline().addLast(new GoAway());
			}
		});
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		Http2GoAwayFrame all = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
		all.setExtraStreamIds(Integer.MAX_VALUE);
		var unusedWrite = ctx.write(all);
		var unusedPing = ctx.writeAndFlush(new DefaultHttp2PingFrame(PING));
		var unusedTimer = ctx.executor().schedule(() -> {
			this.overdue = true;
			endIfRead(ctx);
		}, LAST_STREAMS.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof Http2PingFrame ping && ping.ack() && ping.content() == PING) {
			this.read = true;
			endIfRead(ctx);
			return;
		}
		ctx.fireChannelRead(message);
	}

	private void endIfRead(ChannelHandlerContext ctx) {
		if (this.read && this.overdue) {
			var unusedWrite = ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
			// Waits for the streams that are open.
			var unusedClose = ctx.close();
		}
	}

}
