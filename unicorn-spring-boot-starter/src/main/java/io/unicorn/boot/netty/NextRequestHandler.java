package io.unicorn.boot.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.LastHttpContent;
import reactor.netty.channel.ChannelOperations;

/**
 * Reads the next request of a connection where Reactor Netty (seen in 1.3.7, also without
 * a pool) would never read again. It holds a request back that comes when the response
 * before it is sent, but not noted as sent yet, because a thread other than the event
 * loop has sent it. If the application then answers before it is passed the end of that
 * request, nothing asks for the next one, and its client waits for ever.
 */
final class NextRequestHandler extends ChannelInboundHandlerAdapter {

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		boolean last = message instanceof LastHttpContent;
		ctx.fireChannelRead(message);
		if (last && ChannelOperations.get(ctx.channel()) == null) {
			ctx.read();
		}
	}

}
