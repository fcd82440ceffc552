export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  public: {
    Tables: {
      ai_model_prices: {
        Row: {
          cache_write: number | null
          cached_input: number
          holds_from: string
          input: number
          model_key: string
          output: number
        }
        ComputedFields: never
        Insert: {
          cache_write?: number | null
          cached_input: number
          holds_from: string
          input: number
          model_key: string
          output: number
        }
        Update: {
          cache_write?: number | null
          cached_input?: number
          holds_from?: string
          input?: number
          model_key?: string
          output?: number
        }
        Relationships: [
          {
            foreignKeyName: 'ai_model_prices_model_key_fkey'
            columns: ['model_key']
            isOneToOne: false
            referencedRelation: 'ai_models'
            referencedColumns: ['key']
          },
        ]
      }
      ai_models: {
        Row: {
          capabilities: string[]
          context_tokens: number
          fallback_key: string | null
          is_available: boolean
          key: string
          max_output_tokens: number
          name: string
          position: number
          provider: string
          title: string
        }
        ComputedFields: never
        Insert: {
          capabilities?: string[]
          context_tokens: number
          fallback_key?: string | null
          is_available?: boolean
          key: string
          max_output_tokens: number
          name: string
          position?: number
          provider?: string
          title: string
        }
        Update: {
          capabilities?: string[]
          context_tokens?: number
          fallback_key?: string | null
          is_available?: boolean
          key?: string
          max_output_tokens?: number
          name?: string
          position?: number
          provider?: string
          title?: string
        }
        Relationships: [
          {
            foreignKeyName: 'ai_models_fallback_key_fkey'
            columns: ['fallback_key']
            isOneToOne: false
            referencedRelation: 'ai_models'
            referencedColumns: ['key']
          },
        ]
      }
      ai_tools: {
        Row: {
          description: string
          key: string
          position: number
        }
        ComputedFields: never
        Insert: {
          description: string
          key: string
          position: number
        }
        Update: {
          description?: string
          key?: string
          position?: number
        }
        Relationships: []
      }
      audit_log: {
        Row: {
          action: string
          actor_id: string | null
          actor_role: string | null
          actor_type: string
          changes: NonNullable<Json>
          claimed_ip: unknown
          id: string
          ip: unknown
          occurred_at: string
          request_id: string | null
          row_id: string
          table_name: string
          trace_id: string | null
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          action: string
          actor_id?: string | null
          actor_role?: string | null
          actor_type: string
          changes: NonNullable<Json>
          claimed_ip?: unknown
          id?: string
          ip?: unknown
          occurred_at?: string
          request_id?: string | null
          row_id: string
          table_name: string
          trace_id?: string | null
          workspace_id: string
        }
        Update: {
          action?: string
          actor_id?: string | null
          actor_role?: string | null
          actor_type?: string
          changes?: NonNullable<Json>
          claimed_ip?: unknown
          id?: string
          ip?: unknown
          occurred_at?: string
          request_id?: string | null
          row_id?: string
          table_name?: string
          trace_id?: string | null
          workspace_id?: string
        }
        Relationships: []
      }
      built_in_components: {
        Row: {
          allowed_roles: string[]
          config_schema: NonNullable<Json>
          default_config: NonNullable<Json>
          description_key: string
          icon: string
          key: string
          position: number
          size_config: NonNullable<Json>
          title_key: string
          type: string
        }
        ComputedFields: never
        Insert: {
          allowed_roles: string[]
          config_schema: NonNullable<Json>
          default_config: NonNullable<Json>
          description_key: string
          icon: string
          key: string
          position: number
          size_config: NonNullable<Json>
          title_key: string
          type: string
        }
        Update: {
          allowed_roles?: string[]
          config_schema?: NonNullable<Json>
          default_config?: NonNullable<Json>
          description_key?: string
          icon?: string
          key?: string
          position?: number
          size_config?: NonNullable<Json>
          title_key?: string
          type?: string
        }
        Relationships: [
          {
            foreignKeyName: 'built_in_components_type_fkey'
            columns: ['type']
            isOneToOne: false
            referencedRelation: 'component_types'
            referencedColumns: ['key']
          },
        ]
      }
      built_in_themes: {
        Row: {
          colors: NonNullable<Json>
          key: string
          metadata: Json | null
          name: string
          position: number
          radius: NonNullable<Json>
          version: string
        }
        ComputedFields: never
        Insert: {
          colors: NonNullable<Json>
          key: string
          metadata?: Json | null
          name: string
          position: number
          radius: NonNullable<Json>
          version: string
        }
        Update: {
          colors?: NonNullable<Json>
          key?: string
          metadata?: Json | null
          name?: string
          position?: number
          radius?: NonNullable<Json>
          version?: string
        }
        Relationships: []
      }
      component_types: {
        Row: {
          data_schema: NonNullable<Json>
          key: string
        }
        ComputedFields: never
        Insert: {
          data_schema: NonNullable<Json>
          key: string
        }
        Update: {
          data_schema?: NonNullable<Json>
          key?: string
        }
        Relationships: []
      }
      component_versions: {
        Row: {
          allowed_roles: string[]
          component_key: string
          config_schema: NonNullable<Json>
          data_schema: Json | null
          default_config: NonNullable<Json>
          description: string
          description_key: string | null
          icon: string
          published_at: string
          published_by: string | null
          size_config: NonNullable<Json>
          title: string
          title_key: string | null
          version: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          allowed_roles: string[]
          component_key: string
          config_schema: NonNullable<Json>
          data_schema?: Json | null
          default_config: NonNullable<Json>
          description: string
          description_key?: string | null
          icon: string
          published_at?: string
          published_by?: string | null
          size_config: NonNullable<Json>
          title: string
          title_key?: string | null
          version: string
          workspace_id: string
        }
        Update: {
          allowed_roles?: string[]
          component_key?: string
          config_schema?: NonNullable<Json>
          data_schema?: Json | null
          default_config?: NonNullable<Json>
          description?: string
          description_key?: string | null
          icon?: string
          published_at?: string
          published_by?: string | null
          size_config?: NonNullable<Json>
          title?: string
          title_key?: string | null
          version?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'component_versions_component_fkey'
            columns: ['workspace_id', 'component_key']
            isOneToOne: false
            referencedRelation: 'components'
            referencedColumns: ['workspace_id', 'key']
          },
          {
            foreignKeyName: 'component_versions_published_by_fkey'
            columns: ['published_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
        ]
      }
      components: {
        Row: {
          allowed_roles: string[]
          created_at: string
          created_by: string | null
          is_managed: boolean
          key: string
          type: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          allowed_roles?: string[]
          created_at?: string
          created_by?: string | null
          is_managed?: boolean
          key: string
          type: string
          workspace_id: string
        }
        Update: {
          allowed_roles?: string[]
          created_at?: string
          created_by?: string | null
          is_managed?: boolean
          key?: string
          type?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'components_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'components_type_fkey'
            columns: ['type']
            isOneToOne: false
            referencedRelation: 'component_types'
            referencedColumns: ['key']
          },
          {
            foreignKeyName: 'components_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      dashboard_view_shares: {
        Row: {
          access: string
          created_at: string
          id: string
          role_key: string | null
          updated_at: string
          user_id: string | null
          view_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          access?: string
          created_at?: string
          id?: string
          role_key?: string | null
          updated_at?: string
          user_id?: string | null
          view_id: string
          workspace_id: string
        }
        Update: {
          access?: string
          created_at?: string
          id?: string
          role_key?: string | null
          updated_at?: string
          user_id?: string | null
          view_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'dashboard_view_shares_role_fkey'
            columns: ['workspace_id', 'role_key']
            isOneToOne: false
            referencedRelation: 'workspace_roles'
            referencedColumns: ['workspace_id', 'key']
          },
          {
            foreignKeyName: 'dashboard_view_shares_user_fkey'
            columns: ['workspace_id', 'user_id']
            isOneToOne: false
            referencedRelation: 'workspace_members'
            referencedColumns: ['workspace_id', 'user_id']
          },
          {
            foreignKeyName: 'dashboard_view_shares_view_fkey'
            columns: ['workspace_id', 'view_id']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id']
          },
        ]
      }
      dashboard_views: {
        Row: {
          created_at: string
          created_by: string | null
          deleted_at: string | null
          description: string
          gap: number
          id: string
          is_managed: boolean
          is_restricted: boolean
          name: string
          open_to: string
          owner_id: string | null
          row_height: number
          updated_at: string
          version: number
          visibility: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string
          gap?: number
          id?: string
          is_managed?: boolean
          is_restricted?: boolean
          name: string
          open_to?: never
          owner_id?: string | null
          row_height?: number
          updated_at?: string
          version?: number
          visibility?: string
          workspace_id: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string
          gap?: number
          id?: string
          is_managed?: boolean
          is_restricted?: boolean
          name?: string
          open_to?: never
          owner_id?: string | null
          row_height?: number
          updated_at?: string
          version?: number
          visibility?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'dashboard_views_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'dashboard_views_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      default_themes: {
        Row: {
          built_in_theme: string | null
          theme_id: string | null
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          built_in_theme?: string | null
          theme_id?: string | null
          updated_at?: string
          workspace_id: string
        }
        Update: {
          built_in_theme?: string | null
          theme_id?: string | null
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'default_themes_built_in_theme_fkey'
            columns: ['built_in_theme']
            isOneToOne: false
            referencedRelation: 'built_in_themes'
            referencedColumns: ['key']
          },
          {
            foreignKeyName: 'default_themes_theme_fkey'
            columns: ['workspace_id', 'theme_id']
            isOneToOne: false
            referencedRelation: 'themes'
            referencedColumns: ['workspace_id', 'id']
          },
          {
            foreignKeyName: 'default_themes_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: true
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      default_views: {
        Row: {
          updated_at: string
          view_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          updated_at?: string
          view_id: string
          workspace_id: string
        }
        Update: {
          updated_at?: string
          view_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'default_views_view_fkey'
            columns: ['workspace_id', 'view_id']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id']
          },
          {
            foreignKeyName: 'default_views_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: true
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      integration_events: {
        Row: {
          description: string
          key: string
          permission: string
          position: number
        }
        ComputedFields: never
        Insert: {
          description: string
          key: string
          permission: string
          position: number
        }
        Update: {
          description?: string
          key?: string
          permission?: string
          position?: number
        }
        Relationships: [
          {
            foreignKeyName: 'integration_events_permission_fkey'
            columns: ['permission']
            isOneToOne: false
            referencedRelation: 'permissions'
            referencedColumns: ['key']
          },
        ]
      }
      integrations: {
        Row: {
          description: string
          direction: string
          feature: string | null
          key: string
          limit_key: string
          name: string
          position: number
        }
        ComputedFields: never
        Insert: {
          description: string
          direction: string
          feature?: string | null
          key: string
          limit_key: string
          name: string
          position: number
        }
        Update: {
          description?: string
          direction?: string
          feature?: string | null
          key?: string
          limit_key?: string
          name?: string
          position?: number
        }
        Relationships: [
          {
            foreignKeyName: 'integrations_limit_key_fkey'
            columns: ['limit_key']
            isOneToOne: false
            referencedRelation: 'limits'
            referencedColumns: ['key']
          },
        ]
      }
      invoices: {
        Row: {
          amount_due: number
          amount_paid: number
          amount_refunded: number
          created_at: string
          currency: string
          customer_id: string
          dispute_status: string | null
          due_at: string | null
          event_id: string | null
          hosted_invoice_url: string | null
          id: string
          invoice_pdf: string | null
          number: string | null
          paid_at: string | null
          status: string | null
          subscription_id: string | null
          total: number
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          amount_due: number
          amount_paid: number
          amount_refunded?: number
          created_at: string
          currency: string
          customer_id: string
          dispute_status?: string | null
          due_at?: string | null
          event_id?: string | null
          hosted_invoice_url?: string | null
          id: string
          invoice_pdf?: string | null
          number?: string | null
          paid_at?: string | null
          status?: string | null
          subscription_id?: string | null
          total: number
          updated_at?: string
          workspace_id: string
        }
        Update: {
          amount_due?: number
          amount_paid?: number
          amount_refunded?: number
          created_at?: string
          currency?: string
          customer_id?: string
          dispute_status?: string | null
          due_at?: string | null
          event_id?: string | null
          hosted_invoice_url?: string | null
          id?: string
          invoice_pdf?: string | null
          number?: string | null
          paid_at?: string | null
          status?: string | null
          subscription_id?: string | null
          total?: number
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'invoices_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      limits: {
        Row: {
          description: string
          key: string
          name: string
          scope: string
          unit: string
        }
        ComputedFields: never
        Insert: {
          description: string
          key: string
          name: string
          scope?: string
          unit: string
        }
        Update: {
          description?: string
          key?: string
          name?: string
          scope?: string
          unit?: string
        }
        Relationships: []
      }
      marketplace_categories: {
        Row: {
          key: string
          name: string
          position: number
        }
        ComputedFields: never
        Insert: {
          key: string
          name: string
          position: number
        }
        Update: {
          key?: string
          name?: string
          position?: number
        }
        Relationships: []
      }
      marketplace_installs: {
        Row: {
          author: string
          component_key: string | null
          content_hash: string
          created_at: string
          id: string
          is_pinned: boolean
          kind: string
          listing_id: string | null
          name: string
          revision: number
          sources: NonNullable<Json>
          theme_id: string | null
          updated_at: string
          version: string
          view_id: string | null
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          author: string
          component_key?: string | null
          content_hash: string
          created_at?: string
          id?: string
          is_pinned?: boolean
          kind: string
          listing_id?: string | null
          name: string
          revision?: number
          sources?: NonNullable<Json>
          theme_id?: string | null
          updated_at?: string
          version: string
          view_id?: string | null
          workspace_id: string
        }
        Update: {
          author?: string
          component_key?: string | null
          content_hash?: string
          created_at?: string
          id?: string
          is_pinned?: boolean
          kind?: string
          listing_id?: string | null
          name?: string
          revision?: number
          sources?: NonNullable<Json>
          theme_id?: string | null
          updated_at?: string
          version?: string
          view_id?: string | null
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'marketplace_installs_component_fkey'
            columns: ['workspace_id', 'component_key']
            isOneToOne: false
            referencedRelation: 'components'
            referencedColumns: ['workspace_id', 'key']
          },
          {
            foreignKeyName: 'marketplace_installs_listing_id_fkey'
            columns: ['listing_id']
            isOneToOne: false
            referencedRelation: 'marketplace_listings'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'marketplace_installs_theme_fkey'
            columns: ['workspace_id', 'theme_id']
            isOneToOne: false
            referencedRelation: 'themes'
            referencedColumns: ['workspace_id', 'id']
          },
          {
            foreignKeyName: 'marketplace_installs_view_fkey'
            columns: ['workspace_id', 'view_id']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id']
          },
          {
            foreignKeyName: 'marketplace_installs_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      marketplace_listings: {
        Row: {
          addresses: string[]
          author: string
          category: string
          content_hash: string | null
          created_at: string
          description: string
          id: string
          install_count: number
          kind: string
          licence: string
          name: string
          pictures: string[]
          publication: number | null
          published_at: string | null
          rating_average: number | null
          rating_count: number
          rating_rank: number
          revision: number
          state: string
          tags: string[]
          takedown_reason: string | null
          taken_down_at: string | null
          updated_at: string
          version: string | null
        }
        ComputedFields: never
        Insert: {
          addresses?: string[]
          author: string
          category: string
          content_hash?: string | null
          created_at?: string
          description: string
          id?: string
          install_count?: number
          kind: string
          licence: string
          name: string
          pictures?: string[]
          publication?: number | null
          published_at?: string | null
          rating_average?: number | null
          rating_count?: number
          rating_rank?: number
          revision?: number
          state?: string
          tags?: string[]
          takedown_reason?: string | null
          taken_down_at?: string | null
          updated_at?: string
          version?: string | null
        }
        Update: {
          addresses?: string[]
          author?: string
          category?: string
          content_hash?: string | null
          created_at?: string
          description?: string
          id?: string
          install_count?: number
          kind?: string
          licence?: string
          name?: string
          pictures?: string[]
          publication?: number | null
          published_at?: string | null
          rating_average?: number | null
          rating_count?: number
          rating_rank?: number
          revision?: number
          state?: string
          tags?: string[]
          takedown_reason?: string | null
          taken_down_at?: string | null
          updated_at?: string
          version?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'marketplace_listings_category_fkey'
            columns: ['category']
            isOneToOne: false
            referencedRelation: 'marketplace_categories'
            referencedColumns: ['key']
          },
        ]
      }
      marketplace_versions: {
        Row: {
          addresses: string[]
          content_hash: string
          created_at: string
          listing_id: string
          notes: string
          published_at: string | null
          size: number
          state: string
          version: string
        }
        ComputedFields: never
        Insert: {
          addresses?: string[]
          content_hash: string
          created_at?: string
          listing_id: string
          notes?: string
          published_at?: string | null
          size: number
          state?: string
          version: string
        }
        Update: {
          addresses?: string[]
          content_hash?: string
          created_at?: string
          listing_id?: string
          notes?: string
          published_at?: string | null
          size?: number
          state?: string
          version?: string
        }
        Relationships: [
          {
            foreignKeyName: 'marketplace_versions_listing_id_fkey'
            columns: ['listing_id']
            isOneToOne: false
            referencedRelation: 'marketplace_listings'
            referencedColumns: ['id']
          },
        ]
      }
      notification_kinds: {
        Row: {
          default_delivery: string
          description: string
          joined_title: string | null
          key: string
        }
        ComputedFields: never
        Insert: {
          default_delivery: string
          description: string
          joined_title?: string | null
          key: string
        }
        Update: {
          default_delivery?: string
          description?: string
          joined_title?: string | null
          key?: string
        }
        Relationships: []
      }
      notification_preferences: {
        Row: {
          created_at: string
          delivery: string
          kind: string
          updated_at: string
          user_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          delivery: string
          kind: string
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          delivery?: string
          kind?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'notification_preferences_kind_fkey'
            columns: ['kind']
            isOneToOne: false
            referencedRelation: 'notification_kinds'
            referencedColumns: ['key']
          },
          {
            foreignKeyName: 'notification_preferences_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
        ]
      }
      notifications: {
        Row: {
          about: string[]
          actor_id: string | null
          body: string
          count: number
          created_at: string
          id: string
          in_app: boolean
          join_key: string | null
          kind: string
          link: string | null
          payload: NonNullable<Json>
          read_at: string | null
          title: string
          updated_at: string
          user_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          about?: string[]
          actor_id?: string | null
          body?: string
          count?: number
          created_at?: string
          id?: string
          in_app?: boolean
          join_key?: string | null
          kind: string
          link?: string | null
          payload?: NonNullable<Json>
          read_at?: string | null
          title: string
          updated_at?: string
          user_id: string
          workspace_id: string
        }
        Update: {
          about?: string[]
          actor_id?: string | null
          body?: string
          count?: number
          created_at?: string
          id?: string
          in_app?: boolean
          join_key?: string | null
          kind?: string
          link?: string | null
          payload?: NonNullable<Json>
          read_at?: string | null
          title?: string
          updated_at?: string
          user_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'notifications_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'notifications_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      permissions: {
        Row: {
          description: string
          for_api_keys: boolean
          held_by: string[]
          implied_by: string[]
          key: string
        }
        ComputedFields: never
        Insert: {
          description: string
          for_api_keys?: boolean
          held_by?: string[]
          implied_by?: string[]
          key: string
        }
        Update: {
          description?: string
          for_api_keys?: boolean
          held_by?: string[]
          implied_by?: string[]
          key?: string
        }
        Relationships: []
      }
      plan_limits: {
        Row: {
          limit_key: string
          most: number | null
          plan_key: string
        }
        ComputedFields: never
        Insert: {
          limit_key: string
          most?: number | null
          plan_key: string
        }
        Update: {
          limit_key?: string
          most?: number | null
          plan_key?: string
        }
        Relationships: [
          {
            foreignKeyName: 'plan_limits_limit_key_fkey'
            columns: ['limit_key']
            isOneToOne: false
            referencedRelation: 'limits'
            referencedColumns: ['key']
          },
          {
            foreignKeyName: 'plan_limits_plan_key_fkey'
            columns: ['plan_key']
            isOneToOne: false
            referencedRelation: 'plans'
            referencedColumns: ['key']
          },
        ]
      }
      plan_prices: {
        Row: {
          billing_interval: string
          currency: string
          lookup_key: string
          plan_key: string
          unit_amount: number
        }
        ComputedFields: never
        Insert: {
          billing_interval: string
          currency: string
          lookup_key: string
          plan_key: string
          unit_amount: number
        }
        Update: {
          billing_interval?: string
          currency?: string
          lookup_key?: string
          plan_key?: string
          unit_amount?: number
        }
        Relationships: [
          {
            foreignKeyName: 'plan_prices_plan_key_fkey'
            columns: ['plan_key']
            isOneToOne: false
            referencedRelation: 'plans'
            referencedColumns: ['key']
          },
        ]
      }
      plans: {
        Row: {
          description: string
          features: string[]
          key: string
          name: string
          position: number
          trial_days: number
        }
        ComputedFields: never
        Insert: {
          description: string
          features?: string[]
          key: string
          name: string
          position: number
          trial_days?: number
        }
        Update: {
          description?: string
          features?: string[]
          key?: string
          name?: string
          position?: number
          trial_days?: number
        }
        Relationships: []
      }
      preferences: {
        Row: {
          active_built_in_theme: string | null
          active_dashboard_view: string | null
          active_theme_id: string | null
          created_at: string
          default_dashboard_view: string | null
          extras: NonNullable<Json>
          locale: string | null
          sidebar_collapsed: boolean | null
          theme_mode: string | null
          updated_at: string
          user_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          active_built_in_theme?: string | null
          active_dashboard_view?: string | null
          active_theme_id?: string | null
          created_at?: string
          default_dashboard_view?: string | null
          extras?: NonNullable<Json>
          locale?: string | null
          sidebar_collapsed?: boolean | null
          theme_mode?: string | null
          updated_at?: string
          user_id: string
          workspace_id: string
        }
        Update: {
          active_built_in_theme?: string | null
          active_dashboard_view?: string | null
          active_theme_id?: string | null
          created_at?: string
          default_dashboard_view?: string | null
          extras?: NonNullable<Json>
          locale?: string | null
          sidebar_collapsed?: boolean | null
          theme_mode?: string | null
          updated_at?: string
          user_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'preferences_active_view_fkey'
            columns: ['workspace_id', 'active_dashboard_view']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id']
          },
          {
            foreignKeyName: 'preferences_built_in_theme_fkey'
            columns: ['active_built_in_theme']
            isOneToOne: false
            referencedRelation: 'built_in_themes'
            referencedColumns: ['key']
          },
          {
            foreignKeyName: 'preferences_default_view_fkey'
            columns: ['workspace_id', 'default_dashboard_view']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id']
          },
          {
            foreignKeyName: 'preferences_member_fkey'
            columns: ['workspace_id', 'user_id']
            isOneToOne: true
            referencedRelation: 'workspace_members'
            referencedColumns: ['workspace_id', 'user_id']
          },
          {
            foreignKeyName: 'preferences_theme_fkey'
            columns: ['workspace_id', 'active_theme_id']
            isOneToOne: false
            referencedRelation: 'themes'
            referencedColumns: ['workspace_id', 'id']
          },
        ]
      }
      profiles: {
        Row: {
          avatar_path: string | null
          bio: string
          created_at: string
          email: string | null
          id: string
          locale: string
          name: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          avatar_path?: string | null
          bio?: string
          created_at?: string
          email?: string | null
          id: string
          locale?: string
          name: string
          updated_at?: string
        }
        Update: {
          avatar_path?: string | null
          bio?: string
          created_at?: string
          email?: string | null
          id?: string
          locale?: string
          name?: string
          updated_at?: string
        }
        Relationships: []
      }
      resource_grants: {
        Row: {
          access: string
          created_at: string
          granted_by: string | null
          id: string
          resource_id: string
          resource_type: string
          role_key: string | null
          updated_at: string
          user_id: string | null
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          access: string
          created_at?: string
          granted_by?: string | null
          id?: string
          resource_id: string
          resource_type: string
          role_key?: string | null
          updated_at?: string
          user_id?: string | null
          workspace_id: string
        }
        Update: {
          access?: string
          created_at?: string
          granted_by?: string | null
          id?: string
          resource_id?: string
          resource_type?: string
          role_key?: string | null
          updated_at?: string
          user_id?: string | null
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'resource_grants_granted_by_fkey'
            columns: ['granted_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'resource_grants_role_fkey'
            columns: ['workspace_id', 'role_key']
            isOneToOne: false
            referencedRelation: 'workspace_roles'
            referencedColumns: ['workspace_id', 'key']
          },
          {
            foreignKeyName: 'resource_grants_user_fkey'
            columns: ['workspace_id', 'user_id']
            isOneToOne: false
            referencedRelation: 'workspace_members'
            referencedColumns: ['workspace_id', 'user_id']
          },
          {
            foreignKeyName: 'resource_grants_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      role_default_views: {
        Row: {
          role_key: string
          updated_at: string
          view_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          role_key: string
          updated_at?: string
          view_id: string
          workspace_id: string
        }
        Update: {
          role_key?: string
          updated_at?: string
          view_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'role_default_views_role_fkey'
            columns: ['workspace_id', 'role_key']
            isOneToOne: true
            referencedRelation: 'workspace_roles'
            referencedColumns: ['workspace_id', 'key']
          },
          {
            foreignKeyName: 'role_default_views_view_fkey'
            columns: ['workspace_id', 'view_id']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id']
          },
        ]
      }
      subscriptions: {
        Row: {
          billing_interval: string | null
          cancel_at: string | null
          canceled_at: string | null
          created_at: string
          currency: string | null
          current_period_end: string | null
          current_period_start: string | null
          customer_id: string
          ended_at: string | null
          event_id: string | null
          grace_until: string | null
          id: string
          is_collection_paused: boolean
          item_id: string | null
          lookup_key: string | null
          price_id: string | null
          quantity: number | null
          status: string
          trial_end: string | null
          unit_amount: number | null
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          billing_interval?: string | null
          cancel_at?: string | null
          canceled_at?: string | null
          created_at?: string
          currency?: string | null
          current_period_end?: string | null
          current_period_start?: string | null
          customer_id: string
          ended_at?: string | null
          event_id?: string | null
          grace_until?: string | null
          id: string
          is_collection_paused?: boolean
          item_id?: string | null
          lookup_key?: string | null
          price_id?: string | null
          quantity?: number | null
          status: string
          trial_end?: string | null
          unit_amount?: number | null
          updated_at?: string
          workspace_id: string
        }
        Update: {
          billing_interval?: string | null
          cancel_at?: string | null
          canceled_at?: string | null
          created_at?: string
          currency?: string | null
          current_period_end?: string | null
          current_period_start?: string | null
          customer_id?: string
          ended_at?: string | null
          event_id?: string | null
          grace_until?: string | null
          id?: string
          is_collection_paused?: boolean
          item_id?: string | null
          lookup_key?: string | null
          price_id?: string | null
          quantity?: number | null
          status?: string
          trial_end?: string | null
          unit_amount?: number | null
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'subscriptions_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      support_levels: {
        Row: {
          first_answer_hours: number
          plan_key: string
          priority: string
        }
        ComputedFields: never
        Insert: {
          first_answer_hours: number
          plan_key: string
          priority: string
        }
        Update: {
          first_answer_hours?: number
          plan_key?: string
          priority?: string
        }
        Relationships: [
          {
            foreignKeyName: 'support_levels_plan_key_fkey'
            columns: ['plan_key']
            isOneToOne: true
            referencedRelation: 'plans'
            referencedColumns: ['key']
          },
        ]
      }
      support_messages: {
        Row: {
          attachments: NonNullable<Json>
          author_id: string | null
          author_type: string
          body: string
          created_at: string
          id: string
          idempotency_key: string
          number: number
          ticket_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          attachments?: NonNullable<Json>
          author_id?: string | null
          author_type: string
          body: string
          created_at?: string
          id?: string
          idempotency_key: string
          number: number
          ticket_id: string
          workspace_id: string
        }
        Update: {
          attachments?: NonNullable<Json>
          author_id?: string | null
          author_type?: string
          body?: string
          created_at?: string
          id?: string
          idempotency_key?: string
          number?: number
          ticket_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'support_messages_author_id_fkey'
            columns: ['author_id']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'support_messages_ticket_fkey'
            columns: ['workspace_id', 'ticket_id']
            isOneToOne: false
            referencedRelation: 'support_tickets'
            referencedColumns: ['workspace_id', 'id']
          },
        ]
      }
      support_tickets: {
        Row: {
          answer_due_at: string | null
          created_at: string
          first_answer_due_at: string
          first_answered_at: string | null
          id: string
          idempotency_key: string
          last_message_at: string
          last_message_from: string
          message_count: number
          number: number
          opened_by: string | null
          priority: string
          status: string
          subject: string
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          answer_due_at?: string | null
          created_at?: string
          first_answer_due_at: string
          first_answered_at?: string | null
          id?: string
          idempotency_key: string
          last_message_at?: string
          last_message_from?: string
          message_count?: number
          number: number
          opened_by?: string | null
          priority: string
          status?: string
          subject: string
          updated_at?: string
          workspace_id: string
        }
        Update: {
          answer_due_at?: string | null
          created_at?: string
          first_answer_due_at?: string
          first_answered_at?: string | null
          id?: string
          idempotency_key?: string
          last_message_at?: string
          last_message_from?: string
          message_count?: number
          number?: number
          opened_by?: string | null
          priority?: string
          status?: string
          subject?: string
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'support_tickets_opened_by_fkey'
            columns: ['opened_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'support_tickets_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      themes: {
        Row: {
          colors: NonNullable<Json>
          created_at: string
          created_by: string | null
          id: string
          is_managed: boolean
          metadata: Json | null
          name: string
          owner_id: string | null
          radius: NonNullable<Json>
          revision: number
          updated_at: string
          version: string
          visibility: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          colors: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          is_managed?: boolean
          metadata?: Json | null
          name: string
          owner_id?: string | null
          radius?: NonNullable<Json>
          revision?: number
          updated_at?: string
          version?: string
          visibility?: string
          workspace_id: string
        }
        Update: {
          colors?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          is_managed?: boolean
          metadata?: Json | null
          name?: string
          owner_id?: string | null
          radius?: NonNullable<Json>
          revision?: number
          updated_at?: string
          version?: string
          visibility?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'themes_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'themes_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      widgets: {
        Row: {
          built_in_component: string | null
          component_audience: string
          component_key: string
          component_version: string | null
          config: NonNullable<Json>
          created_at: string
          custom_component: string | null
          height: number
          id: string
          instance_id: string
          is_restricted: boolean
          made_in_version: number
          open_to: string
          question: Json | null
          question_hash: string | null
          refresh_minutes: number
          updated_at: string
          version: number
          view_id: string
          visible: boolean
          width: number
          workspace_id: string
          x: number
          y: number
        }
        ComputedFields: never
        Insert: {
          built_in_component?: string | null
          component_audience?: string
          component_key: string
          component_version?: string | null
          config?: NonNullable<Json>
          created_at?: string
          custom_component?: string | null
          height: number
          id?: string
          instance_id?: string
          is_restricted?: boolean
          made_in_version?: number
          open_to?: string
          question?: Json | null
          question_hash?: string | null
          refresh_minutes?: number
          updated_at?: string
          version?: number
          view_id: string
          visible?: boolean
          width: number
          workspace_id: string
          x: number
          y: number
        }
        Update: {
          built_in_component?: string | null
          component_audience?: string
          component_key?: string
          component_version?: string | null
          config?: NonNullable<Json>
          created_at?: string
          custom_component?: string | null
          height?: number
          id?: string
          instance_id?: string
          is_restricted?: boolean
          made_in_version?: number
          open_to?: string
          question?: Json | null
          question_hash?: string | null
          refresh_minutes?: number
          updated_at?: string
          version?: number
          view_id?: string
          visible?: boolean
          width?: number
          workspace_id?: string
          x?: number
          y?: number
        }
        Relationships: [
          {
            foreignKeyName: 'widgets_built_in_component_fkey'
            columns: ['built_in_component']
            isOneToOne: false
            referencedRelation: 'built_in_components'
            referencedColumns: ['key']
          },
          {
            foreignKeyName: 'widgets_component_fkey'
            columns: ['workspace_id', 'custom_component', 'component_version']
            isOneToOne: false
            referencedRelation: 'component_versions'
            referencedColumns: ['workspace_id', 'component_key', 'version']
          },
          {
            foreignKeyName: 'widgets_view_fkey'
            columns: ['workspace_id', 'view_id', 'open_to']
            isOneToOne: false
            referencedRelation: 'dashboard_views'
            referencedColumns: ['workspace_id', 'id', 'open_to']
          },
        ]
      }
      workspace_invitations: {
        Row: {
          accepted_at: string | null
          accepted_by: string | null
          created_at: string
          email: string
          expires_at: string
          id: string
          invited_by: string | null
          revoked_at: string | null
          role_key: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          accepted_at?: string | null
          accepted_by?: string | null
          created_at?: string
          email: string
          expires_at: string
          id?: string
          invited_by?: string | null
          revoked_at?: string | null
          role_key: string
          workspace_id: string
        }
        Update: {
          accepted_at?: string | null
          accepted_by?: string | null
          created_at?: string
          email?: string
          expires_at?: string
          id?: string
          invited_by?: string | null
          revoked_at?: string | null
          role_key?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_invitations_accepted_by_fkey'
            columns: ['accepted_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_invitations_invited_by_fkey'
            columns: ['invited_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_invitations_role_fkey'
            columns: ['role_key', 'workspace_id']
            isOneToOne: false
            referencedRelation: 'workspace_roles'
            referencedColumns: ['key', 'workspace_id']
          },
          {
            foreignKeyName: 'workspace_invitations_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspace_members: {
        Row: {
          created_at: string
          role_key: string
          status: string
          updated_at: string
          user_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          role_key: string
          status?: string
          updated_at?: string
          user_id: string
          workspace_id: string
        }
        Update: {
          created_at?: string
          role_key?: string
          status?: string
          updated_at?: string
          user_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_members_role_fkey'
            columns: ['role_key', 'workspace_id']
            isOneToOne: false
            referencedRelation: 'workspace_roles'
            referencedColumns: ['key', 'workspace_id']
          },
          {
            foreignKeyName: 'workspace_members_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_members_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspace_roles: {
        Row: {
          created_at: string
          description: string
          is_built_in: boolean
          is_managed: boolean
          key: string
          name: string
          permissions: string[]
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          description?: string
          is_built_in?: boolean
          is_managed?: boolean
          key: string
          name: string
          permissions?: string[]
          updated_at?: string
          workspace_id: string
        }
        Update: {
          created_at?: string
          description?: string
          is_built_in?: boolean
          is_managed?: boolean
          key?: string
          name?: string
          permissions?: string[]
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_roles_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspaces: {
        Row: {
          created_at: string
          created_by: string | null
          id: string
          name: string
          plan_type: string
          settings: NonNullable<Json>
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          created_by?: string | null
          id?: string
          name: string
          plan_type?: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          id?: string
          name?: string
          plan_type?: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspaces_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'profiles'
            referencedColumns: ['id']
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      accept_invitation: {
        Args: { token: string }
        Returns: {
          created_at: string
          role_key: string
          status: string
          updated_at: string
          user_id: string
          workspace_id: string
        }
        SetofOptions: {
          from: '*'
          to: 'workspace_members'
          isOneToOne: true
          isSetofReturn: false
        }
      }
      accept_my_invitation: {
        Args: { id: string }
        Returns: {
          created_at: string
          role_key: string
          status: string
          updated_at: string
          user_id: string
          workspace_id: string
        }
        SetofOptions: {
          from: '*'
          to: 'workspace_members'
          isOneToOne: true
          isSetofReturn: false
        }
      }
      accept_proposal: { Args: { proposal_id: string; resolve?: Json; workspace_id: string }; Returns: Json }
      activate_theme: { Args: { theme_id?: string; workspace_id: string }; Returns: Json }
      activate_view: { Args: { view_id?: string; workspace_id: string }; Returns: Json }
      active_theme: { Args: { workspace_id: string }; Returns: Json }
      active_view: { Args: { workspace_id: string }; Returns: Json }
      admin_delete_account: { Args: { user_id: string }; Returns: undefined }
      admin_remove_member: { Args: { email: string; workspace_id: string }; Returns: undefined }
      admin_set_member: { Args: { email: string; role: string; workspace_id: string }; Returns: Json }
      ai_usage_report: {
        Args: { by: string; from_day: string; to_day: string; workspace_id: string }
        Returns: Json
      }
      analytics_choice: { Args: { workspace_id: string }; Returns: Json }
      analytics_view: { Args: { workspace_id: string }; Returns: Json }
      answer_parts: { Args: { after_sequence?: number; answer_id: string }; Returns: Json }
      answer_survey: { Args: { score?: number }; Returns: Json }
      answer_ticket: {
        Args: {
          attachments?: Json
          body: string
          id: string
          idempotency_key: string
          status?: string
          workspace_id: string
        }
        Returns: Json
      }
      append_answer: {
        Args: { after_sequence: number; answer_id: string; lease: string; parts: Json }
        Returns: Json
      }
      apply_billing_event: { Args: { event_id: string; objects: Json; ticket: number }; Returns: Json }
      apply_billing_objects: { Args: { objects: Json; ticket: number }; Returns: Json }
      available_components: { Args: { workspace_id: string }; Returns: Json }
      available_data_sources: { Args: { workspace_id: string }; Returns: Json }
      begin_answer: {
        Args: {
          agent_id?: string
          content?: string
          continue_of?: string
          conversation_id?: string
          estimated_input_tokens?: number
          idempotency_key: string
          parent?: number
          regenerate_of?: string
          view_id?: string
          workspace_id: string
        }
        Returns: Json
      }
      begin_checkout: { Args: { livemode?: boolean; price: string; workspace_id: string }; Returns: Json }
      billing_state: { Args: { workspace_id: string }; Returns: Json }
      billing_subscriptions_to_compare: { Args: { after?: string; most?: number }; Returns: Json }
      branch_conversation: {
        Args: { conversation_id: string; number: number; workspace_id: string }
        Returns: Json
      }
      browse_marketplace: {
        Args: { after?: string; category?: string; kind?: string; per_page?: number; sort?: string }
        Returns: Json
      }
      change_member: {
        Args: { role?: string; status?: string; user_id: string; workspace_id: string }
        Returns: Json
      }
      charge_rate_limits: { Args: { charges: Json }; Returns: Json }
      check_data_source: { Args: { document: Json; workspace_id: string }; Returns: undefined }
      claim_billing_event: { Args: { event: Json }; Returns: Json }
      claim_deliveries: { Args: { most?: number }; Returns: Json }
      claim_mails: { Args: { most?: number }; Returns: Json }
      claim_widget_questions: {
        Args: { is_forced?: boolean; questions: string[]; workspace_id: string }
        Returns: Json
      }
      close_listing_report: { Args: { report_id: string }; Returns: undefined }
      close_ticket: { Args: { id: string; workspace_id: string }; Returns: Json }
      compare_view_versions: {
        Args: { from_version: number; to_version?: number; view_id: string }
        Returns: Json
      }
      create_api_key: {
        Args: { expires_at?: string; name: string; scopes: string[]; workspace_id: string }
        Returns: Json
      }
      create_invitation: { Args: { email: string; role: string; workspace_id: string }; Returns: Json }
      create_view: {
        Args: { description?: string; layout?: Json; name: string; visibility?: string; workspace_id: string }
        Returns: Json
      }
      create_workspace: {
        Args: { name: string }
        Returns: {
          created_at: string
          created_by: string | null
          id: string
          name: string
          plan_type: string
          settings: NonNullable<Json>
          updated_at: string
        }
        SetofOptions: {
          from: '*'
          to: 'workspaces'
          isOneToOne: true
          isSetofReturn: false
        }
      }
      data_source_request: { Args: { id: string; workspace_id: string }; Returns: Json }
      decline_my_invitation: { Args: { id: string }; Returns: undefined }
      delete_agent: { Args: { agent_id: string; workspace_id: string }; Returns: undefined }
      delete_component: { Args: { key: string; workspace_id: string }; Returns: undefined }
      delete_conversation: { Args: { conversation_id: string; workspace_id: string }; Returns: undefined }
      delete_data_source: { Args: { id: string; workspace_id: string }; Returns: undefined }
      delete_destination: { Args: { id: string; workspace_id: string }; Returns: undefined }
      delete_listing: { Args: { listing_id: string; workspace_id: string }; Returns: undefined }
      delete_my_account: { Args: Record<PropertyKey, never>; Returns: undefined }
      delete_theme: { Args: { theme_id: string; workspace_id: string }; Returns: undefined }
      delete_view: { Args: { view_id: string }; Returns: undefined }
      delete_workspace: { Args: { name: string; workspace_id: string }; Returns: undefined }
      due_widget_questions: { Args: Record<PropertyKey, never>; Returns: Json }
      duplicate_view: { Args: { name?: string; view_id: string }; Returns: Json }
      entitlements: { Args: { workspace_id: string }; Returns: Json }
      explain_access: {
        Args: { resource_id: string; resource_type: string; user_id?: string }
        Returns: Json
      }
      export_dashboard: { Args: { workspace_id: string }; Returns: Json }
      export_dashboard_part: { Args: { after?: string; workspace_id: string }; Returns: Json }
      export_my_data: { Args: { after?: string; part?: string }; Returns: Json }
      export_theme: { Args: { theme_id: string; workspace_id: string }; Returns: Json }
      export_view: { Args: { view_id: string }; Returns: Json }
      fail_billing_event: { Args: { event_id: string; reason_code: string }; Returns: undefined }
      finish_answer: {
        Args: { answer_id: string; error?: Json; lease: string; status: string; usage?: Json }
        Returns: Json
      }
      get_agent: { Args: { agent_id: string; workspace_id: string }; Returns: Json }
      get_ai_settings: { Args: { workspace_id: string }; Returns: Json }
      get_component: { Args: { key: string; version?: string; workspace_id: string }; Returns: Json }
      get_conversation: {
        Args: { before?: number; conversation_id: string; per_page?: number; workspace_id: string }
        Returns: Json
      }
      get_dashboard: { Args: { view_id?: string; workspace_id: string }; Returns: Json }
      get_data_source: { Args: { id: string; workspace_id: string }; Returns: Json }
      get_kept_widget_data: { Args: { hash: string; workspace_id: string }; Returns: Json }
      get_listing: { Args: { listing_id: string; workspace_id?: string }; Returns: Json }
      get_listing_bundle: { Args: { listing_id: string; version: string }; Returns: Json }
      get_listing_to_review: { Args: { listing_id: string }; Returns: Json }
      get_member: { Args: { user_id: string; workspace_id: string }; Returns: Json }
      get_preferences: { Args: { workspace_id: string }; Returns: Json }
      get_theme: { Args: { theme_id: string; workspace_id: string }; Returns: Json }
      get_ticket: { Args: { after?: number; id: string; workspace_id: string }; Returns: Json }
      get_ticket_to_answer: { Args: { after?: number; id: string; workspace_id: string }; Returns: Json }
      get_view: { Args: { view_id: string; workspace_id?: string }; Returns: Json }
      get_view_version: { Args: { version: number; view_id: string }; Returns: Json }
      get_widget_data: {
        Args: { as_of?: string; view_id?: string; widget_ids?: string[]; workspace_id?: string }
        Returns: Json
      }
      grant_plan: {
        Args: { plan: string; reason?: string; until?: string; workspace_id: string }
        Returns: undefined
      }
      import_dashboard: { Args: { document: Json; workspace_id: string }; Returns: Json }
      import_theme: { Args: { document: Json; visibility?: string; workspace_id: string }; Returns: Json }
      import_view: { Args: { document: Json; visibility?: string; workspace_id: string }; Returns: Json }
      ingest_metrics: { Args: { points: Json; workspace_id: string }; Returns: Json }
      install_listing: {
        Args: {
          allow_addresses?: string[]
          content_hash: string
          listing_id: string
          version: string
          workspace_id: string
        }
        Returns: Json
      }
      keep_billing_customer: {
        Args: { customer_id: string; in_place_of?: string; livemode: boolean; workspace_id: string }
        Returns: string
      }
      keep_checkout_session: { Args: { session: Json; workspace_id: string }; Returns: Json }
      keep_summary: {
        Args: { answer_id: string; lease: string; summary?: string; until_number?: number }
        Returns: undefined
      }
      keep_widget_data: { Args: { widget_id: string }; Returns: Json }
      leave_workspace: { Args: { workspace_id: string }; Returns: undefined }
      list_agents: { Args: { workspace_id: string }; Returns: Json }
      list_ai_models: { Args: { workspace_id: string }; Returns: Json }
      list_api_keys: { Args: { workspace_id: string }; Returns: Json }
      list_audit_log: {
        Args: {
          action?: string
          actor_id?: string
          before?: string
          before_id?: string
          per_page?: number
          since?: string
          table_name?: string
          until?: string
          workspace_id: string
        }
        Returns: Json
      }
      list_conversations: {
        Args: { after?: string; archived?: boolean; per_page?: number; scope?: string; workspace_id: string }
        Returns: Json
      }
      list_data_sources: { Args: { workspace_id: string }; Returns: Json }
      list_deleted_views: { Args: { workspace_id: string }; Returns: Json }
      list_deliveries: {
        Args: {
          before?: number
          destination_id: string
          per_page?: number
          status?: string
          workspace_id: string
        }
        Returns: Json
      }
      list_destinations: { Args: { workspace_id: string }; Returns: Json }
      list_installs: { Args: { workspace_id: string }; Returns: Json }
      list_integrations: { Args: { workspace_id: string }; Returns: Json }
      list_invitations: {
        Args: {
          direction?: string
          page?: number
          per_page?: number
          role?: string
          search?: string
          sort?: string
          workspace_id: string
        }
        Returns: Json
      }
      list_listing_reports: { Args: { after?: string; per_page?: number }; Returns: Json }
      list_listings_to_review: { Args: { after?: string; per_page?: number }; Returns: Json }
      list_members: {
        Args: {
          direction?: string
          page?: number
          per_page?: number
          role?: string
          search?: string
          sort?: string
          status?: string
          workspace_id: string
        }
        Returns: Json
      }
      list_metrics: { Args: { workspace_id: string }; Returns: Json }
      list_my_listings: { Args: { workspace_id: string }; Returns: Json }
      list_notification_preferences: { Args: Record<PropertyKey, never>; Returns: Json }
      list_notifications: {
        Args: { after?: string; per_page?: number; unread_only?: boolean }
        Returns: Json
      }
      list_proposals: { Args: { conversation_id: string; workspace_id: string }; Returns: Json }
      list_roles: { Args: { workspace_id: string }; Returns: Json }
      list_themes: { Args: { workspace_id: string }; Returns: Json }
      list_tickets: {
        Args: { after?: string; per_page?: number; status?: string; workspace_id: string }
        Returns: Json
      }
      list_tickets_to_answer: { Args: { after?: string; per_page?: number }; Returns: Json }
      list_view_versions: { Args: { before?: number; per_page?: number; view_id: string }; Returns: Json }
      list_views: { Args: { workspace_id: string }; Returns: Json }
      mark_notifications: { Args: { ids?: string[]; read?: boolean }; Returns: Json }
      my_access: {
        Args: { resource_id: string; resource_type: string; workspace_id: string }
        Returns: string
      }
      my_ai_usage: {
        Args: { by: string; from_day: string; to_day: string; workspace_id: string }
        Returns: Json
      }
      my_invitations: { Args: Record<PropertyKey, never>; Returns: Json }
      my_survey: { Args: Record<PropertyKey, never>; Returns: Json }
      note_on_ticket: {
        Args: { body: string; id: string; operator?: string; workspace_id: string }
        Returns: Json
      }
      open_ticket: {
        Args: { body: string; idempotency_key: string; subject: string; workspace_id: string }
        Returns: Json
      }
      operator_metrics: { Args: Record<PropertyKey, never>; Returns: Json }
      operator_report: { Args: { from_day: string; to_day: string }; Returns: Json }
      patch_preferences: { Args: { patch: Json; workspace_id: string }; Returns: Json }
      pin_install: { Args: { install_id: string; is_pinned?: boolean; workspace_id: string }; Returns: Json }
      prepare_bundle: {
        Args: { id: string; kind: string; version?: string; workspace_id: string }
        Returns: Json
      }
      preview_invitation: { Args: { token: string }; Returns: Json }
      preview_plan_change: {
        Args: { page?: number; per_page?: number; plan: string; workspace_id: string }
        Returns: Json
      }
      preview_upgrade: { Args: { install_id: string; version?: string; workspace_id: string }; Returns: Json }
      publish_component: { Args: { document: Json; workspace_id: string }; Returns: Json }
      query_metrics: {
        Args: { as_of?: string; query: Json; type: string; workspace_id: string }
        Returns: Json
      }
      rate_listing: { Args: { listing_id: string; stars: number; workspace_id: string }; Returns: Json }
      record_requests: { Args: { requests: Json }; Returns: undefined }
      reject_proposal: { Args: { proposal_id: string; workspace_id: string }; Returns: Json }
      remove_install: { Args: { install_id: string; workspace_id: string }; Returns: undefined }
      remove_member: { Args: { user_id: string; workspace_id: string }; Returns: undefined }
      renew_answer: {
        Args: { answer_id: string; estimated_input_tokens?: number; lease: string; usage?: Json }
        Returns: Json
      }
      reopen_ticket: { Args: { id: string; workspace_id: string }; Returns: Json }
      replay_deliveries: {
        Args: { destination_id: string; ids?: string[]; workspace_id: string }
        Returns: Json
      }
      reply_to_ticket: {
        Args: { attachments?: Json; body: string; id: string; idempotency_key: string; workspace_id: string }
        Returns: Json
      }
      report_listing: { Args: { body?: string; listing_id: string; reason: string }; Returns: undefined }
      report_widget_reads: {
        Args: { hits?: number; misses?: number; stale?: number; workspace_id: string }
        Returns: undefined
      }
      request_billing_comparison: { Args: { after?: string }; Returns: undefined }
      request_ports: { Args: Record<PropertyKey, never>; Returns: number[] }
      resend_invitation: { Args: { id: string; workspace_id: string }; Returns: Json }
      restore_view: { Args: { view_id: string }; Returns: Json }
      restore_view_version: {
        Args: { expected_version?: number; resolve?: Json; version: number; view_id: string }
        Returns: Json
      }
      resume_answer: { Args: { answer_id: string; lease: string }; Returns: Json }
      review_listing: {
        Args: { decision: string; listing_id: string; note?: string; submitted_at: string }
        Returns: Json
      }
      revoke_api_key: { Args: { key_id: string }; Returns: Json }
      revoke_invitation: { Args: { id: string; workspace_id: string }; Returns: undefined }
      roll_back_install: { Args: { install_id: string; workspace_id: string }; Returns: Json }
      rotate_api_key: { Args: { grace_hours?: number; key_id: string }; Returns: Json }
      rotate_destination_secret: {
        Args: { grace_hours?: number; id: string; workspace_id: string }
        Returns: Json
      }
      save_agent: {
        Args: { agent_id?: string; document: Json; version?: number; workspace_id: string }
        Returns: Json
      }
      save_ai_settings: { Args: { document: Json; version?: number; workspace_id: string }; Returns: Json }
      save_data_source: {
        Args: { document: Json; id?: string; version?: number; workspace_id: string }
        Returns: Json
      }
      save_destination: {
        Args: { document: Json; id?: string; version?: number; workspace_id: string }
        Returns: Json
      }
      save_layout: {
        Args: { expected_version: number; label?: string; layout: Json; resolve?: Json; view_id: string }
        Returns: Json
      }
      save_listing: { Args: { document: Json; listing_id?: string; workspace_id: string }; Returns: Json }
      save_view: {
        Args: { document: Json; expected_version: number; label?: string; resolve?: Json; view_id: string }
        Returns: Json
      }
      search: {
        Args: { kinds?: string[]; limit?: number; query: string; workspace_id: string }
        Returns: Json
      }
      search_conversations: {
        Args: { per_page?: number; search: string; workspace_id: string }
        Returns: Json
      }
      see_as: { Args: { role_key: string; view_id: string }; Returns: Json }
      send_test_event: { Args: { destination_id: string; workspace_id: string }; Returns: Json }
      session_context: { Args: Record<PropertyKey, never>; Returns: Json }
      set_analytics_choice: { Args: { is_counted: boolean }; Returns: undefined }
      set_analytics_policy: { Args: { by_person: boolean; workspace_id: string }; Returns: Json }
      set_default_theme: { Args: { theme_id?: string; workspace_id: string }; Returns: undefined }
      set_default_view: { Args: { view_id?: string; workspace_id: string }; Returns: undefined }
      set_notification_preference: { Args: { delivery?: string; kind: string }; Returns: Json }
      set_role_default_view: {
        Args: { role_key?: string; view_id?: string; workspace_id: string }
        Returns: Json
      }
      settle_deliveries: { Args: { results: Json }; Returns: Json }
      settle_mails: { Args: { results: Json }; Returns: undefined }
      spend_api_token: { Args: { workspace_id: string }; Returns: undefined }
      stop_answer: { Args: { answer_id: string }; Returns: Json }
      store_widget_data: { Args: { answers: Json; workspace_id: string }; Returns: Json }
      submit_listing: {
        Args: {
          bundle?: Json
          content_hash?: string
          listing_id: string
          notes?: string
          version?: string
          workspace_id: string
        }
        Returns: Json
      }
      take_down_listing: {
        Args: { is_taken_down?: boolean; listing_id: string; reason: string }
        Returns: Json
      }
      track: { Args: { events: Json; workspace_id: string }; Returns: Json }
      transfer_workspace: { Args: { user_id: string; workspace_id: string }; Returns: undefined }
      unsubscribe_from_mails: { Args: { kind: string; user_id: string }; Returns: undefined }
      update_conversation: {
        Args: { conversation_id: string; patch: Json; workspace_id: string }
        Returns: Json
      }
      update_theme: {
        Args: { patch: Json; revision?: number; theme_id: string; workspace_id: string }
        Returns: Json
      }
      update_ticket: {
        Args: { id: string; priority?: string; status?: string; workspace_id: string }
        Returns: Json
      }
      update_workspace_settings: { Args: { patch: Json; workspace_id: string }; Returns: Json }
      upgrade_install: {
        Args: {
          allow_addresses?: string[]
          content_hash: string
          install_id: string
          version: string
          workspace_id: string
        }
        Returns: Json
      }
      verify_api_key: { Args: { key_hash: string; key_id: string }; Returns: Json }
      view_audience: { Args: { view_id: string }; Returns: Json }
      watch_view: { Args: { view_id: string }; Returns: Json }
      widget_answer: { Args: { question: string; workspace_id: string }; Returns: Json }
      widgets_to_refresh: {
        Args: { is_forced?: boolean; view_id?: string; widget_ids?: string[]; workspace_id?: string }
        Returns: Json
      }
      withdraw_listing: { Args: { listing_id: string; workspace_id: string }; Returns: Json }
      workspace_analytics: { Args: { period?: string; workspace_id: string }; Returns: Json }
      workspace_analytics_csv: {
        Args: { part: string; period: string; workspace_id: string }
        Returns: string
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema['Enums']
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums']
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums'][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums']
    ? DefaultSchema['Enums'][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema['CompositeTypes']
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes']
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes'][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema['CompositeTypes']
    ? DefaultSchema['CompositeTypes'][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
