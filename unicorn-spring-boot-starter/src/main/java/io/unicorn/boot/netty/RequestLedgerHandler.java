package io.unicorn.boot.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.unicorn.boot.server.AcceptGate;
import io.unicorn.worker.RequestLedger;

/**
 * Enters every request into the ledger from before the application sees it until the last
 * byte of its response is written, or until the connection is lost. A response with
 * status 500 or above is entered as an error. Requests of the warm-up are not entered.
 */
final class RequestLedgerHandler extends ChannelDuplexHandler {

	private final RequestLedger ledger;

	private final AcceptGate gate;

	private final ChannelFutureListener written = (future) -> end();

	private int token;

	private boolean running;

	private boolean failed;

	RequestLedgerHandler(RequestLedger ledger, AcceptGate gate) {
		this.ledger = ledger;
		this.gate = gate;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof HttpRequest && this.gate.hasOpened()) {
			end();
			this.token = this.ledger.begin();
			this.running = true;
			this.failed = false;
		}
		ctx.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (!this.running || !isLastOfResponse(message)) {
			var unused = ctx.write(message, promise);
			return;
		}
		var unused = ctx.write(message, promise.unvoid().addListener(this.written));
	}

	private boolean isLastOfResponse(Object message) {
		if (message instanceof HttpResponse response) {
			HttpResponseStatus status = response.status();
			if (status.codeClass() == HttpStatusClass.INFORMATIONAL
					&& status.code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
				return false;
			}
			this.failed = status.codeClass() == HttpStatusClass.SERVER_ERROR;
		}
		return message instanceof LastHttpContent;
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		end();
		ctx.fireChannelInactive();
	}

	private void end() {
		if (this.running) {
			this.running = false;
			this.ledger.end(this.token, this.failed);
		}
	}

}
