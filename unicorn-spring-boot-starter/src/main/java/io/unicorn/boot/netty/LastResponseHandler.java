package io.unicorn.boot.netty;

import java.util.function.BooleanSupplier;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Makes each response of a leaving worker the last one of its connection of HTTP/1.1:
 * Reactor Netty, which handles the response next, closes the connection after a response
 * that says so. Except one that the application sends before the request has come
 * completely: the connection would be reset, and its client might not get the response.
 */
final class LastResponseHandler extends ChannelDuplexHandler {

	private final BooleanSupplier ending;

	/** Whether more of the request is to come. */
	private boolean receiving;

	LastResponseHandler(BooleanSupplier ending) {
		this.ending = ending;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof HttpRequest request) {
			// The end of a request without a body comes only after the application has
			// been called.
			this.receiving = HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
		}
		if (message instanceof LastHttpContent) {
			this.receiving = false;
		}
		ctx.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response && !this.receiving
				&& response.status().codeClass() != HttpStatusClass.INFORMATIONAL && this.ending.getAsBoolean()) {
			HttpUtil.setKeepAlive(response, false);
		}
		var unused = ctx.write(message, promise);
	}

}
