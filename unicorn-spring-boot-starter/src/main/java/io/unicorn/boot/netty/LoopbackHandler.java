package io.unicorn.boot.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.unicorn.boot.server.LoopbackConnector;
import io.unicorn.boot.warmup.OwnServer;

/**
 * Refuses requests without the warm-up's token before the gate is open: another process
 * of this machine has found the port of the {@link LoopbackConnector}.
 */
final class LoopbackHandler extends ChannelInboundHandlerAdapter {

	private final LoopbackConnector connector;

	private boolean refused;

	LoopbackHandler(LoopbackConnector connector) {
		this.connector = connector;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (!this.refused && message instanceof HttpRequest request
				&& !this.connector.admits(request.headers().get(OwnServer.TOKEN_HEADER))) {
			this.refused = true;
			FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
					HttpResponseStatus.SERVICE_UNAVAILABLE);
			response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
			HttpUtil.setKeepAlive(response, false);
			var unused = ctx.writeAndFlush(response);
		}
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else {
			ctx.fireChannelRead(message);
		}
	}

}
