package io.unicorn.boot.netty;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a WebSocket session with code 1001, "going away", when the worker leaves, and
 * waits for the client's answer: Reactor Netty would close the connection at once, and a
 * client that is sending would see a reset instead of the code. The application sees the
 * session end as if the client had closed it with that code.
 */
final class WebSocketHandler extends ChannelDuplexHandler implements LastingExchanges.Lasting {

	/** How long a client has to answer. */
	private static final long ANSWER_SECONDS = 30;

	private final LastingExchanges sessions;

	private final Channel channel;

	/** Whether the side of this server is closed, by the worker or the application. */
	private boolean closed;

	WebSocketHandler(LastingExchanges sessions, Channel channel) {
		this.sessions = sessions;
		this.channel = channel;
	}

	/** Later, when Netty has exchanged the handlers that encode messages. */
	private void begin(ChannelHandlerContext ctx) {
		ctx.executor().execute(() -> {
			if (this.channel.isActive()) {
				this.sessions.add(this);
			}
		});
	}

	@Override
	public void end() {
		this.channel.eventLoop().execute(this::close);
	}

	private void close() {
		ChannelHandlerContext ctx = this.channel.pipeline().context(this);
		if (ctx == null || this.closed) {
			return;
		}
		this.closed = true;
		var unusedWrite = ctx
			.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE.code(), ""));
		ctx.read();
		var unusedTimer = ctx.executor().schedule(this::giveUp, ANSWER_SECONDS, TimeUnit.SECONDS);
	}

	private void giveUp() {
		var unused = this.channel.close();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response
				&& response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
			var unused = ctx.write(message, promise.unvoid().addListener((written) -> begin(ctx)));
			return;
		}
		if (this.closed && message instanceof WebSocketFrame) {
			ReferenceCountUtil.release(message);
			if (message instanceof CloseWebSocketFrame) {
				// The answer to the client's answer, after which the connection ends.
				promise.trySuccess();
			}
			// Otherwise the promise stays open, so that the application sends no more
			// than a few messages ahead.
			return;
		}
		if (message instanceof CloseWebSocketFrame) {
			this.closed = true;
		}
		var unused = ctx.write(message, promise);
	}

	/** The client's answer is to be read even if the application reads no more. */
	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.closed) {
			ctx.read();
		}
		ctx.fireChannelReadComplete();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.sessions.remove(this);
		ctx.fireChannelInactive();
	}

}
