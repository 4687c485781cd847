package io.unicorn.boot.autoconfigure.actuate;

import java.util.Objects;

import io.unicorn.boot.actuate.UnicornEndpoint;
import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.dashboard.DashboardServlet;
import io.unicorn.worker.WorkerAgent;
import jakarta.servlet.http.HttpServlet;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.util.UriUtils;

/**
 * Serves the live page of the pool beside the endpoint that it asks.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ HttpServlet.class, ServletRegistrationBean.class, UriUtils.class })
@ConditionalOnBooleanProperty("unicorn.dashboard.enabled")
@ConditionalOnAvailableEndpoint(endpoint = UnicornEndpoint.class, exposure = EndpointExposure.WEB)
class UnicornDashboardManagementContextConfiguration {

	private static final EndpointId UNICORN = EndpointId.of("unicorn");

	/**
	 * In a process that is no worker, there is no page: a context that was processed
	 * ahead of time has this bean all the same.
	 */
	@Bean
	ServletRegistrationBean<DashboardServlet> unicornDashboard(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<PathMappedEndpoints> endpoints, EndpointAccessResolver access,
			WebEndpointProperties properties) {
		DashboardServlet servlet = new DashboardServlet(
				() -> Objects.requireNonNull(endpoints.getObject().getPath(UNICORN)),
				access.accessFor(UNICORN, Access.READ_ONLY) == Access.UNRESTRICTED);
		ServletRegistrationBean<DashboardServlet> registration = new ServletRegistrationBean<>(servlet,
				DashboardServlet.PATH + "/*");
		registration.setName("unicornDashboard");
		registration.setEnabled(agent.getIfAvailable() != null && !isPathTaken(properties));
		return registration;
	}

	private static boolean isPathTaken(WebEndpointProperties properties) {
		String path = properties.getBasePath() + "/" + properties.getPathMapping().getOrDefault("unicorn", "unicorn");
		boolean taken = path.equals(DashboardServlet.PATH);
		if (taken) {
			LogFactory.getLog(DashboardServlet.class)
				.warn("unicorn.dashboard.enabled has no effect, because the endpoint unicorn itself has the path "
						+ DashboardServlet.PATH + ": set management.endpoints.web.base-path to another path than /");
		}
		return taken;
	}

}
