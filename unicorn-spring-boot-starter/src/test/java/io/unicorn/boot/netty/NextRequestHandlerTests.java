package io.unicorn.boot.netty;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NextRequestHandlerTests {

	private final AtomicInteger reads = new AtomicInteger();

	@Test
	void theEndOfARequestThatIsAnsweredAlreadyLetsTheNextOneBeRead() {
		EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {

			@Override
			public void read(ChannelHandlerContext ctx) {
				NextRequestHandlerTests.this.reads.incrementAndGet();
			}

		}, new NextRequestHandler());
		channel.config().setAutoRead(false);
		int before = this.reads.get();
		channel.writeInbound(new DefaultHttpContent(Unpooled.EMPTY_BUFFER));
		assertThat(this.reads).hasValue(before);
		// Nothing of Reactor Netty is on this channel, as after a response.
		channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
		assertThat(this.reads).hasValue(before + 1);
		channel.finishAndReleaseAll();
	}

}
