package io.unicorn.boot.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.unicorn.boot.server.EventBoundary;
import org.jspecify.annotations.Nullable;

/**
 * Ends a stream of events between two events when the worker leaves. A stream may be
 * ended if a GET request that accepts server-sent events is answered by one, as a
 * browser's {@code EventSource} asks for it: such a client connects again.
 */
final class EventStreamHandler extends ChannelDuplexHandler implements LastingExchanges.Lasting {

	private static final String MEDIA_TYPE = "text/event-stream";

	private final LastingExchanges streams;

	private final Channel channel;

	private boolean accepted;

	/** Set while a stream of events is sent. */
	private @Nullable EventBoundary boundary;

	private boolean ending;

	private boolean ended;

	EventStreamHandler(LastingExchanges streams, Channel channel) {
		this.streams = streams;
		this.channel = channel;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof HttpRequest request) {
			String accept = request.headers().get(HttpHeaderNames.ACCEPT);
			this.accepted = accept != null && accept.contains(MEDIA_TYPE) && request.method().equals(HttpMethod.GET);
		}
		ctx.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (this.ended) {
			// The promise stays open, so that the application sends no more than a few
			// events ahead, until it learns that the connection is closed.
			ReferenceCountUtil.release(message);
			return;
		}
		if (this.accepted && message instanceof HttpResponse response && isEvents(response)) {
			begin(response);
		}
		EventBoundary current = this.boundary;
		if (current != null) {
			parse(message, current);
		}
		var unused = ctx.write(message, promise);
		if (message instanceof LastHttpContent) {
			forget();
		}
		else if (this.ending) {
			endBetweenEvents();
		}
	}

	private static boolean isEvents(HttpResponse response) {
		String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE);
		return type != null && type.regionMatches(true, 0, MEDIA_TYPE, 0, MEDIA_TYPE.length());
	}

	/**
	 * The head announces the end of the connection, because only a new connection can
	 * reach another worker, and because the head cannot be changed later.
	 */
	private void begin(HttpResponse response) {
		if (this.channel.parent() instanceof ServerChannel) {
			HttpUtil.setKeepAlive(response, false);
		}
		this.boundary = new EventBoundary();
		this.streams.add(this);
	}

	private static void parse(Object message, EventBoundary boundary) {
		ByteBuf bytes = (message instanceof ByteBufHolder holder) ? holder.content()
				: (message instanceof ByteBuf plain) ? plain : null;
		if (bytes != null) {
			bytes.forEachByte((next) -> {
				boundary.append(next);
				return true;
			});
		}
	}

	@Override
	public void end() {
		// Later, if this is called within a write.
		this.channel.eventLoop().execute(() -> {
			this.ending = true;
			endBetweenEvents();
		});
	}

	/** For the application it looks as if its client had gone. */
	private void endBetweenEvents() {
		ChannelHandlerContext ctx = this.channel.pipeline().context(this);
		if (ctx != null && this.boundary != null && this.boundary.isReached()) {
			forget();
			this.ended = true;
			var unused = ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
		}
	}

	private void forget() {
		if (this.boundary != null) {
			this.boundary = null;
			this.streams.remove(this);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		forget();
		ctx.fireChannelInactive();
	}

}
