package io.unicorn.boot.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

import io.unicorn.boot.relay.RelayedRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.EndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.mock.web.MockHttpServletRequest;

import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Some endpoints that are exposed below {@code /actuator}.
 */
final class Endpoints {

	private Endpoints() {
	}

	static ObjectProvider<PathMappedEndpoints> provider() {
		List<ExposableWebEndpoint> exposed = Stream.of("unicorn", "metrics", "heapdump", "loggers", "caches")
			.map(Endpoints::endpoint)
			.toList();
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("endpoints",
				new PathMappedEndpoints("/actuator", (EndpointsSupplier<ExposableWebEndpoint>) () -> exposed));
		return beans.getBeanProvider(PathMappedEndpoints.class);
	}

	private static ExposableWebEndpoint endpoint(String id) {
		ExposableWebEndpoint endpoint = mock(ExposableWebEndpoint.class);
		given(endpoint.getEndpointId()).willReturn(EndpointId.of(id));
		given(endpoint.getRootPath()).willReturn(id);
		return endpoint;
	}

	static MockHttpServletRequest get(String path) {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", path.replace(" ", "%20"));
		request.setServletPath(path);
		return request;
	}

	static RelayedRequest request(byte[] operation) {
		try {
			return RelayedRequest.of(operation);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
